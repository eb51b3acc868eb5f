import type { Content } from './play.js';

/** A list of tasks of the site's own. */
export interface Tasks {
  /** The list is shown. */
  open(): void;
  /** The list is put away. */
  close(): void;
  /** The user begins a task. */
  start(task: number): void;
  /** The user has done a task; whether that was new, and so recorded. */
  done(task: number): Promise<boolean>;
  /** Whether the user has done a task, here or on an earlier page. */
  isDone(task: number): Promise<boolean>;
}

/** Records a list of tasks. `waymark` is called instead of `window.waymark`. */
export function recordTasks(
  content: Content & {
    tasks: { id: number; name?: string }[];
    waymark?: (...call: any[]) => PromiseLike<{ ok: boolean; value?: unknown }> | undefined;
  },
): Tasks;
