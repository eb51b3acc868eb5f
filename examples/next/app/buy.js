'use client';

import { useWaymark } from '@waymark/recorder/react';

export function Buy() {
  const { record } = useWaymark();
  return (
    <button id="buy" onClick={() => record('purchase', { sku: 'mug', total: 12 })}>
      Buy a mug
    </button>
  );
}
