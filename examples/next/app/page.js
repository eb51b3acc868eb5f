import Link from 'next/link';
import { Buy } from './buy';

export default function Page() {
  return (
    <>
      <Buy />
      <Link id="next" href="/about">About this shop</Link>
    </>
  );
}
