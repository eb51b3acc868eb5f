// The first-party path: pages send to `/wm` of this site, which hands on to the collector what pages send and load. Its other
// addresses, such as the export, are not for visitors. Before Next.js 16 the file is `middleware.js`, its function `middleware`.
import { NextResponse } from 'next/server';

const LOADED = /^\/wm\/(waymark\.js|v\/[0-9a-f]+\/[\w.-]+|v1\/sites\/[\w.-]+\/settings)$/;
const SENT = /^\/wm\/v1\/(events|forget|state)$/;

export const config = { matcher: '/wm/:path*' };

export function proxy(request) {
  const { pathname, search } = request.nextUrl;
  const isAllowed = request.method === 'POST' ? SENT.test(pathname) : request.method === 'GET' && LOADED.test(pathname);
  if (!isAllowed) return new NextResponse(null, { status: 404 });
  // The collector does not need the site's cookies.
  const headers = new Headers(request.headers);
  headers.delete('cookie');
  const collector = process.env.WAYMARK_COLLECTOR ?? 'http://127.0.0.1:8787';
  return NextResponse.rewrite(new URL(pathname.slice('/wm'.length) + search, collector), { request: { headers } });
}
