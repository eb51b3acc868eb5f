/**
 * Records surveys of SurveyJS (the npm package survey-core) as guidance content: that they were shown, which page, and
 * that they were submitted. Never an answer, nor the text of a question.
 *
 *     const survey = new Model(json);
 *     const recording = recordSurvey(survey, { id: 124909, name: 'How was it?' });
 *
 * Call `recording.close()` where your page puts the survey away before it is submitted. `recording.stop()` ends the
 * recording.
 */

import { playsOf } from './play.js';

/**
 * @param {import('survey-core').SurveyModel} survey
 * @param {import('./play.js').Content} content
 * @returns {{ close(): void, stop(): void }}
 */
export function recordSurvey(survey, content) {
  const plays = playsOf(content, () => undefined, 'survey');
  const place = () => Math.max(survey.currentPageNo ?? 0, 0);

  function show() {
    // The page that thanks is rendered too.
    if (!['running', 'starting'].includes(survey.state)) return;
    if (!plays.isOpen) plays.ask(place());
    plays.show(place(), place());
  }

  function submit() {
    const answered = survey.getAllQuestions().filter((question) => !question.isEmpty()).length;
    plays.end(true, 'submit', { answered });
  }

  const handlers = [
    [survey.onAfterRenderSurvey, show],
    [survey.onStarted, show],
    [survey.onCurrentPageChanged, show],
    [survey.onComplete, submit],
  ];
  for (const [event, handler] of handlers) event.add(handler);
  return {
    close: () => plays.end(false),
    stop() {
      for (const [event, handler] of handlers) event.remove(handler);
    },
  };
}
