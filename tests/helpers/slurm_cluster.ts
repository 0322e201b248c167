import { join } from "node:path";

/** Why a test that needs Slurm is left out; `null` where a cluster of one machine can be started. */
export const slurmProblem: string | null = (() => {
  if (Deno.build.os !== "linux") return "not Linux";
  if (Deno.uid() !== 0) return "only root may start slurmd";
  for (const program of ["slurmctld", "slurmd", "sbatch"]) {
    try {
      new Deno.Command(program, { args: ["-V"], stdout: "null", stderr: "null" }).outputSync();
    } catch {
      return `no ${program}: Debian's packages slurmctld, slurmd and slurm-client are not installed`;
    }
  }
  return null;
})();

/** A cluster of one node, this machine, with a partition that takes nodes away from the other. */
export interface SlurmCluster extends AsyncDisposable {
  /** Variables with which Slurm's programs find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs one of Slurm's programs, or any other beside them; what it wrote to stdout. */
  run(argv: readonly string[]): Promise<string>;
  /** Jobs in the queue, a line each: `<array>_<index> <state>`. */
  queue(): Promise<string[]>;
  /** Kills the daemon of the node and all that it has started, as a power cut would. */
  killNode(): Promise<void>;
  /** Starts the daemon of the node. */
  startNode(): Promise<void>;
}

/** Options of {@linkcode startSlurm}. */
export interface SlurmSettings {
  /**
   * Seconds that a task waits after it was queued again.
   *
   * @default 5, the least that Slurm takes; its own default is 120
   */
  readonly requeueSeconds?: number;
}

function configuration(
  folder: string,
  { requeueSeconds = 5 }: SlurmSettings,
  port: number,
): string {
  const host = Deno.hostname();
  return [
    "ClusterName=test",
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${port}`,
    `SlurmdPort=${port + 1}`,
    "AuthType=auth/none",
    "CredType=cred/none",
    // Also how long a task waits that was queued again.
    `AuthInfo=cred_expire=${requeueSeconds}`,
    "SlurmUser=root",
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool`,
    `SlurmctldPidFile=${folder}/slurmctld.pid`,
    `SlurmdPidFile=${folder}/slurmd.pid`,
    `SlurmctldLogFile=${folder}/slurmctld.log`,
    `SlurmdLogFile=${folder}/slurmd.log`,
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_CPU",
    "SchedulerParameters=bf_interval=1,batch_sched_delay=0,sched_interval=2",
    "SlurmctldParameters=preempt_send_user_signal",
    "PreemptType=preempt/partition_prio",
    "PreemptMode=REQUEUE",
    "SwitchType=switch/none",
    "MpiDefault=none",
    "AccountingStorageType=accounting_storage/none",
    "JobAcctGatherType=jobacct_gather/none",
    "JobRequeue=1",
    "KillWait=30",
    "MinJobAge=60",
    // A node that is silent for so long is down, and its tasks are queued again.
    "SlurmdTimeout=5",
    "ReturnToService=2",
    // Plans of twelve rows need two arrays.
    "MaxArraySize=10",
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN`,
    `PartitionName=low Nodes=${host} Default=YES State=UP PriorityTier=1 GraceTime=15`,
    `PartitionName=high Nodes=${host} State=UP PriorityTier=10`,
    "",
  ].join("\n");
}

/** A pair of ports that nobody listens on. */
function freePorts(): number {
  for (let port = 20_000 + Math.floor(Math.random() * 20_000);; port += 2) {
    try {
      for (const number of [port, port + 1]) {
        Deno.listen({ hostname: "127.0.0.1", port: number }).close();
      }
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** Processes that a process has started, and theirs. */
async function descendants(process: number): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-e", "-o", "pid=,ppid="] }).output();
  const pairs = new TextDecoder().decode(stdout).trim().split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found: number[] = [process];
  for (const parent of found) {
    for (const [pid, ppid] of pairs) if (ppid === parent) found.push(pid!);
  }
  return found.slice(1);
}

/** Waits until a question is answered with yes. */
export async function until(
  question: () => Promise<boolean> | boolean,
  what: string,
  seconds = 60,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!await question()) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/**
 * Starts Slurm in a folder.
 *
 * @param folder An empty folder.
 * @param settings How long tasks wait.
 */
export async function startSlurm(
  folder: string,
  settings: SlurmSettings = {},
): Promise<SlurmCluster> {
  for (const name of ["state", "spool"]) await Deno.mkdir(join(folder, name));
  const conf = join(folder, "slurm.conf");
  await Deno.writeTextFile(conf, configuration(folder, settings, freePorts()));
  const env = { SLURM_CONF: conf };
  const daemon = (program: string) =>
    new Deno.Command(program, {
      args: ["-D"],
      env,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  const controller = daemon("slurmctld");
  let node: Deno.ChildProcess | null = null;
  const run = async ([program = "", ...args]: readonly string[]) => {
    const { success, stdout, stderr } = await new Deno.Command(program, { args, env }).output();
    if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  };
  const killNode = async () => {
    if (node === null) return;
    // The steps have left their parent: they are found by its folder in their command line.
    const { stdout } = await new Deno.Command("pgrep", { args: ["-f", "^slurmstepd"] }).output();
    const steps = new TextDecoder().decode(stdout).split("\n").filter(Boolean).map(Number);
    const all = (await Promise.all(steps.map(async (step) => [step, ...await descendants(step)])))
      .flat();
    for (const pid of [node.pid, ...all]) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    await node.status;
    node = null;
  };
  const startNode = async () => {
    node = daemon("slurmd");
    await until(
      async () => /idle|mix|alloc/.test(await run(["sinfo", "-h"]).catch(() => "")),
      "the node",
    );
  };
  await startNode();
  return {
    ...{ env, run, killNode, startNode },
    queue: async () =>
      (await run(["squeue", "--noheader", "--array", "--format=%F_%K %T"])).split("\n")
        .filter((line) => line !== ""),
    async [Symbol.asyncDispose]() {
      await run(["scancel", "--user=root"]).catch(() => {});
      await until(async () => (await run(["squeue", "-h"]).catch(() => "")) === "", "the end", 20)
        .catch(() => {});
      await killNode();
      controller.kill("SIGTERM");
      await controller.status;
    },
  };
}
