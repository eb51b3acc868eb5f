import { card, products } from './catalogue.js';
import { start, startAsked } from './tours.js';

document.querySelector('#featured-shelf').innerHTML = products.slice(0, 4).map(card).join('');
document.querySelector('#take-tour').addEventListener('click', () => start('look-around', 'user'));
startAsked();
