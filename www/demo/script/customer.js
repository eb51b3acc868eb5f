// Who is signed in. The cookie `shop_user` carries a customer number, made from the e-mail address but not telling it.

const COOKIE = 'shop_user';
const NAME = 'shop-name';

export function customer() {
  const number = document.cookie.match(/(?:^|; )shop_user=([^;]+)/)?.[1];
  return number && { number: plain(number), name: plain(name()) };
}

/** Both are shown in pages, and anybody can write them. */
const plain = (text) => text.replace(/[^\p{L}\p{N} -]/gu, '');

function name() {
  try {
    return localStorage.getItem(NAME) || 'friend';
  } catch {
    return 'friend';
  }
}

export function signIn(email) {
  document.cookie = `${COOKIE}=${numberOf(email)}; path=/; max-age=2592000; samesite=lax`;
  const first = email.split(/[@.+_-]/)[0];
  try {
    localStorage.setItem(NAME, first.charAt(0).toUpperCase() + first.slice(1));
  } catch {
    // Only the greeting needs it.
  }
}

export function signOut() {
  document.cookie = `${COOKIE}=; path=/; max-age=0; samesite=lax`;
}

/** FNV-1a: the same address gives the same number in any browser, as a shop's server would. */
function numberOf(email) {
  let hash = 0x811c9dc5;
  for (const char of email.trim().toLowerCase()) hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193);
  return `SM-${(hash >>> 0).toString(10).padStart(10, '0')}`;
}
