import { Model } from 'survey-core';
import 'survey-core/survey-core.css';
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Survey } from 'survey-react-ui';
import { recordSurvey } from '../../../www/adapters/survey.js';
import { player } from './stage/player.js';

const page = (n) => ({ title: `Step ${n}`, elements: [{ type: 'text', name: `q${n}`, title: 'zebra' }] });

export const play = player({
  selectors: {
    step: '.sd-page',
    next: '.sd-navigation__next-btn',
    back: '.sd-navigation__prev-btn',
    done: '.sd-navigation__complete-btn',
  },
  open({ content, strict }) {
    const root = createRoot(document.querySelector('#root'));
    const survey = new Model({ pages: [page(1), page(2)] });
    const recording = recordSurvey(survey, content);
    const shown = createElement(Survey, { model: survey });
    return {
      start: () => root.render(strict ? createElement(StrictMode, null, shown) : shown),
      answer: () => survey.setValue('q1', 'zebra'),
      again: () => survey.clear(),
      close: () => (recording.close(), root.unmount()),
      tidy: () => root.unmount(),
    };
  },
});
