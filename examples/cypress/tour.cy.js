// As tour.spec.js of Playwright; the commands are added in support/e2e.js.
beforeEach(() => cy.resetEvents());

it('records the tour of the log-in page', () => {
  cy.visit('/demo/sign-in/?collector=' + encodeURIComponent(Cypress.env('collector')));
  cy.get('#help').click();
  cy.get('[data-tour=log-in]').click();
  for (const step of [1, 2, 3]) {
    cy.contains(`${step} of 3`);
    cy.get('.driver-popover-next-btn').click();
  }

  cy.waitForEvents([
    { type: 'play', data: { type: 'wt', oId: 124909, oName: 'Log in' } },
    { type: 'complete', data: { oId: 124909 } },
  ]);
});
