// Compiled and never run (`cargo xtask test native`): each adapter's declarations take what its library's own declarations
// give, and give back what the site goes on with.
import { TourProvider, useTour } from '@reactour/tour';
import { driver } from 'driver.js';
import introJs from 'intro.js';
import introJs7 from 'intro.js-7';
import { useEffect, useRef } from 'react';
import { Joyride } from 'react-joyride';
import Joyride2 from 'react-joyride-2';
import Shepherd from 'shepherd.js';
import { Model } from 'survey-core';
import { recordTour } from '../driver.js';
import { recordHints, recordIntro } from '../intro.js';
import { joyride } from '../joyride.js';
import type { Content, Recording } from '../play.js';
import { reactour } from '../reactour.js';
import { recordEveryShepherd, recordShepherd } from '../shepherd.js';
import { recordSurvey } from '../survey.js';

const content: Content = { id: 124909, name: 'Log in', startedBy: 'user', steps: { 'ask-email': 1394694 } };

const driven = recordTour(driver({ steps: [{ element: '#email', popover: { title: 'Your address' } }] }), content);
driven.drive(0, { startedBy: 'rule' });
driven.moveNext();
// @ts-expect-error: nobody else starts a tour.
driven.drive(0, { startedBy: 'nobody' });
// @ts-expect-error: a name is no ID.
recordTour(driver(), { id: 'log-in' });

const recordings: Recording[] = [
  recordShepherd(new Shepherd.Tour({ tourName: 'Log in', steps: [] }), content),
  recordEveryShepherd(Shepherd, (tour: InstanceType<typeof Shepherd.Tour>) => ({ id: tour.steps.length })),
  recordIntro(introJs.tour().setOptions({ steps: [{ intro: 'Hello' }] }), content),
  recordIntro(introJs7().setOptions({ steps: [{ intro: 'Hello' }] }), content),
  recordHints(introJs.hint(), content),
];
recordings.forEach((recording) => recording.stop());

const survey = recordSurvey(new Model({ elements: [{ type: 'text', name: 'first' }] }), content);
survey.close();
survey.stop();

const onEvent = joyride({ ...content, then: ({ type }: { type: string }) => console.log(type) });
export const joyrides = (
  <>
    <Joyride continuous run steps={[]} onEvent={onEvent} />
    <Joyride continuous run steps={[]} onEvent={joyride(content)} />
    <Joyride2 continuous run steps={[]} callback={onEvent} />
    <Joyride2 continuous run steps={[]} callback={joyride(content)} />
  </>
);
onEvent.stop();

const useRecordedTour = reactour({ useEffect, useRef, useTour });
function Page() {
  useRecordedTour({ ...content, completeOn: 'last-step-shown' });
  return null;
}
export const provider = (
  <TourProvider steps={[]}>
    <Page />
  </TourProvider>
);
