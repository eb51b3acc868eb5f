import { addCommands } from '@waymark/recorder/testing';

addCommands(Cypress, Cypress.env('collector'));
