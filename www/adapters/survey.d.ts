import type { Content, Recording } from './play.js';

/** A survey of SurveyJS, as far as it is needed here. */
interface Survey {
  state: string;
  currentPageNo: number;
  getAllQuestions(...args: any[]): { isEmpty(): boolean }[];
}

/** Records a survey of SurveyJS, without its answers. */
export function recordSurvey(
  survey: Survey,
  content: Content,
): Recording & {
  /** The page has put the survey away. */
  close(): void;
};
