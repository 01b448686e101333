import { datasetFormat } from '../dataset.ts';
import type { TrajectoryFormat } from '../trajectory.ts';

/** The known forms of saved trajectories, in the order in which they are tried. */
export const trajectoryFormats: readonly TrajectoryFormat[] = [datasetFormat];
