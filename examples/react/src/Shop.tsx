import { useEffect, useState } from 'react';
import { useWaymark } from '@waymark/recorder/react';
import type { Level } from '@waymark/recorder';

export function Shop() {
  const { on, record } = useWaymark();
  const [level, setLevel] = useState<Level>();

  useEffect(() => {
    const listening = on('level', setLevel);
    return () => {
      listening.then(({ value: end }) => end?.());
    };
  }, [on]);

  return (
    <>
      <button id="buy" onClick={() => record('purchase', { sku: 'mug', total: 12 })}>
        Buy a mug
      </button>
      <p id="level">{level === undefined ? 'The recorder is being loaded' : `Recorded at level ${level}`}</p>
    </>
  );
}
