/**
 * Many trainings as one plan, and what runs them: processes here, a job array of Slurm, an Indexed Job of Kubernetes.
 *
 * @module
 */

export * from "./attempts.ts";
export * from "./check_sharing.ts";
export * from "./kubernetes_job.ts";
export * from "./local_executor.ts";
export * from "./plan_grid.ts";
export * from "./process_lock.ts";
export * from "./results_by_setting.ts";
export * from "./row_state.ts";
export * from "./run_row_task.ts";
export * from "./slurm_executor.ts";
export * from "./slurm_script.ts";
export * from "./status_row.ts";
export * from "./submissions.ts";
export * from "./sweep_plan.ts";
