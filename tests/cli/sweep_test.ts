import assert from "node:assert/strict";
import { join } from "node:path";
import { readMetricsLog } from "../../lib/training/metrics_log.ts";
import { type CommandResult, runCommand, spawnCommand } from "../helpers/run_command.ts";
import { TINY_COMMAND, withCommandFolders } from "../helpers/tiny_command.ts";

interface Places {
  readonly folder: string;
  /** Configuration of trainings of a moment. */
  readonly base: string;
  readonly sweep: (...argv: string[]) => Promise<CommandResult>;
}

async function withPlaces(body: (places: Places) => Promise<void>): Promise<void> {
  await withCommandFolders(async (data, run) => {
    const folder = join(run, "..");
    const base = join(folder, "base.yaml");
    const printed = await runCommand(["train", "--print-config", "--data", data, ...TINY_COMMAND]);
    await Deno.writeTextFile(base, printed.stdout);
    await body({
      folder,
      base,
      sweep: (...argv) => runCommand(["sweep", ...argv], { cwd: folder }),
    });
  });
}

async function good(result: Promise<CommandResult>): Promise<string> {
  const { code, stdout, stderr } = await result;
  assert.equal(code, 0, stderr);
  return stdout;
}

interface Row {
  readonly run: string;
  readonly state: string;
  readonly epochs: number;
  readonly attempts: { readonly state: string; readonly process: number }[];
}

Deno.test("a sweep goes on over a killed training, and shows its results by setting", () =>
  withPlaces(async ({ folder, base, sweep }) => {
    const plan = ["plan", "s", "--config", base, "--epochs", "5"];
    const grid = ["--set", "training.learningRate=1e-3,1e-2", "--seeds", "1,2"];
    assert.match(await good(sweep(...plan, ...grid)), /s\/plan\.json: 4 trainings, 4 of them new/);
    const status = async (): Promise<Row[]> =>
      JSON.parse(await good(sweep("status", "s", "--json")));
    const child = spawnCommand(["sweep", "run", "s", "--jobs", "2"], { cwd: folder });
    const output = child.output();
    let killed: number | undefined;
    for (let tries = 0; killed === undefined && tries < 100; tries++) {
      const running = (await status()).find(({ state, epochs }) =>
        state === "running" && epochs > 0
      );
      killed = running?.attempts.at(-1)?.process;
    }
    Deno.kill(killed!, "SIGKILL");
    const { code, stderr } = await output;
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const rows = await status();
    assert.deepEqual(rows.map(({ state, epochs }) => [state, epochs]), Array(4).fill(["done", 5]));
    const again = rows.filter(({ attempts }) => attempts.length > 1);
    assert.deepEqual(again.map(({ attempts }) => attempts.map(({ state }) => state)), [
      ["running", "done"],
    ]);
    // Nothing is lost, nothing is there twice.
    for (const { run } of rows) {
      const log = await readMetricsLog(join(folder, "s", "runs", run));
      assert.deepEqual(log.map(({ epoch }) => epoch), [1, 2, 3, 4, 5]);
    }
    const { results } = JSON.parse(await good(sweep("results", "s", "--json")));
    assert.equal(results.length, 2);
    const best = Math.max(
      ...results.map((result: { validationTop1: number }) => result.validationTop1),
    );
    for (const result of results) {
      assert.equal(result.done, 2);
      assert.equal(result.isBest, result.validationTop1 === best);
      assert.equal(typeof result.deviation, "number");
    }
    await good(sweep("results", "s", "--write"));
    assert.match(await Deno.readTextFile(join(folder, "s", "results.csv")), /learningRate/);
    assert.match(await good(sweep("run", "s")), /nothing is left to start/);
    // More seeds: the rows that are there keep their numbers.
    assert.match(
      await good(sweep(...plan, ...grid.slice(0, 3), "1,2,3")),
      /6 trainings, 2 of them new/,
    );
    assert.deepEqual(
      (await status()).slice(0, 4).map(({ run }) => run),
      rows.map(({ run }) => run),
    );
  }));

Deno.test("two tasks that take the same row at once train it once", () =>
  withPlaces(async ({ folder, base, sweep }) => {
    await good(sweep("plan", "s", "--config", base, "--epochs", "6"));
    const tasks = [1, 2, 3].map(() => sweep("task", "s", "--index", "0"));
    const ends = await Promise.all(tasks);
    assert.deepEqual(
      ends.map(({ code }) => code),
      [0, 0, 0],
      ends.map(({ stderr }) => stderr).join(),
    );
    const texts = ends.map(({ stderr }) => stderr).join("\n");
    assert.equal(texts.match(/row 0 is worked on by/g)?.length, 2, texts);
    const [row] = JSON.parse(await good(sweep("status", "s", "--json")));
    assert.deepEqual([row.state, row.attempts.length], ["done", 1]);
    const log = await readMetricsLog(join(folder, "s", "runs", row.run));
    assert.deepEqual(log.map(({ epoch }) => epoch), [1, 2, 3, 4, 5, 6]);
  }));

Deno.test("a row that fails for good is tried once, and the sweep says so by its exit code", () =>
  withPlaces(async ({ base, sweep }) => {
    const values = ["--set", "data.validationFraction=0.25,0.99"];
    await good(sweep("plan", "s", "--config", base, "--epochs", "1", ...values));
    const { code, stderr } = await sweep("run", "s");
    assert.equal(code, 1);
    assert.match(stderr, /row 1: Cannot split .*leaves none to train on/);
    const rows: Row[] = JSON.parse(await good(sweep("status", "s", "--json")));
    assert.deepEqual(rows.map(({ state }) => state), ["done", "failed"]);
    assert.equal(rows[1]!.attempts.length, 1);
    const task = await sweep("task", "s", "--index", "1");
    assert.equal(task.code, 4);
    assert.match(task.stderr, /Cannot try row 1 again: .*use "sweep retry"/);
  }));

Deno.test("sweep refuses what makes no sense, and plans nothing then", () =>
  withPlaces(async ({ folder, base, sweep }) => {
    const cases: [string[], number, RegExp][] = [
      [["plan", "s"], 2, /sweep of nothing/],
      [
        ["plan", "s", "--config", base, "--set", "training.seed=1,2"],
        2,
        /give the seeds with --seeds/,
      ],
      [["plan", "s", "--config", base, "--set", "model.maxChanels=8"], 2, /did you mean/],
      [["plan", "s", "--config", base, "--set", "model.maxChannels="], 2, /model\.maxChannels/],
      [["plan", "s", "--config", base, "--only", "vgg"], 2, /without --table/],
      [["plan", "s", "t", "--config", base], 2, /one folder of a sweep/],
      [["status"], 2, /name the folder of the sweep/],
      [["status", "s"], 4, /does not exist; make one/],
      [["plan", "s", "--preset", "puppet-cnn", "--config", base], 2, /cannot be used with/],
    ];
    for (const [argv, expected, message] of cases) {
      const { code, stderr } = await sweep(...argv);
      assert.equal(code, expected, stderr);
      assert.match(stderr, message);
    }
    assert.ok(![...Deno.readDirSync(folder)].some(({ name }) => name === "s"));
  }));

Deno.test("the results of swept tables are those of the runs that were planned, with every change, from anywhere", () =>
  withPlaces(async ({ folder, sweep }) => {
    const tables = ["plan", "s", "--table", "1", "--only", "puppet-cnn", "--backend", "wasm"];
    const plan = ["--smoke", "--channels", "8", "--data", "none"];
    await good(sweep(...tables, ...plan, "--seeds", "1"));
    await good(sweep(...tables, ...plan, "--seeds", "2"));
    const other = await sweep(...tables, "--smoke", "--channels", "16", "--data", "none");
    assert.equal(other.code, 4);
    assert.match(other.stderr, /tables were planned with other changes of the protocol/);
    const grid = await sweep("plan", "s", "--preset", "puppet-cnn");
    assert.match(grid.stderr, /its sweep is of tables of the paper/);
    await good(sweep("run", "s", "--jobs", "2"));
    const elsewhere = join(folder, "elsewhere");
    await Deno.mkdir(elsewhere);
    const argv = ["sweep", "results", "../s", "--json"];
    const { rows } = JSON.parse(await good(runCommand(argv, { cwd: elsewhere })));
    assert.deepEqual(rows.map(({ preset }: { preset: string }) => preset), ["puppet-cnn"]);
    const runs = rows[0].runs.map(({ seed, state }: { seed: number; state: string }) => [
      ...[seed, state],
    ]);
    assert.deepEqual(runs, [[1, "finished"], [2, "finished"]]);
    await good(sweep("results", "s", "--data", elsewhere, "--json"));
    await good(sweep("results", "s", "--write", "--quiet"));
    for (const ending of ["html", "md", "csv"]) {
      assert.match(await Deno.readTextFile(join(folder, "s", `results.${ending}`)), /smoke/i);
    }
  }));

Deno.test("sweep retry --dry-run shows the failed rows, quoted for a shell, and leaves them as they are", () =>
  withPlaces(async ({ base, sweep }) => {
    const rates = ["--set", "training.learningRate=100", "--set", "training.epsilon=1e-30"];
    await good(sweep("plan", "a b", "--config", base, ...rates, "--set", "training.beta2=0"));
    assert.equal((await sweep("run", "a b")).code, 1);
    const states = async () =>
      JSON.parse(await good(sweep("status", "a b", "--json"))).map(({ state }: Row) => state);
    assert.deepEqual(await states(), ["failed"]);
    // What has failed is not done because it is tried no more.
    const again = await sweep("run", "a b");
    assert.equal(again.code, 1);
    assert.match(again.stderr, /row 0: Training diverged/);
    assert.match(
      await good(sweep("retry", "a b", "--dry-run")),
      /sweep task 'a b' --quiet --index 0$/m,
    );
    assert.deepEqual(await states(), ["failed"]);
  }));

Deno.test("sweep cancel ends a training whose starter was killed, too", () =>
  withPlaces(async ({ folder, base, sweep }) => {
    await good(sweep("plan", "s", "--config", base, "--epochs", "2000", "--save-every", "1s"));
    const starter = spawnCommand(["sweep", "run", "s"], { cwd: folder });
    const row = async (): Promise<Row> => JSON.parse(await good(sweep("status", "s", "--json")))[0];
    let [isRunning, tries] = [false, 0];
    while (!isRunning && tries++ < 100) {
      const { state, epochs } = await row();
      isRunning = state === "running" && epochs > 0;
    }
    starter.kill("SIGKILL");
    await starter.status;
    // After a restart of the machine the starter's number may be another's.
    const other = new Deno.Command("sleep", { args: ["60"] }).spawn();
    const noted = join(folder, "s/submissions.json");
    const [submission] = JSON.parse(await Deno.readTextFile(noted));
    await Deno.writeTextFile(noted, JSON.stringify([{ ...submission, process: other.pid }]));
    const said = JSON.parse(await good(sweep("cancel", "s", "--json")));
    assert.deepEqual(said, { jobs: [], starters: 0, local: [0] });
    other.kill("SIGKILL");
    assert.equal((await other.status).signal, "SIGKILL", "nobody else has ended it");
    let state = "running";
    for (tries = 0; state === "running" && tries < 100; tries++) ({ state } = await row());
    assert.equal(state, "waiting", "saved; goes on when started again");
    // Its pipes were the training's too.
    await Promise.all([starter.stdout.cancel(), starter.stderr.cancel()]);
  }));

Deno.test("sweep cancel ends a sweep whose first task has not begun, and every starter of it", () =>
  withPlaces(async ({ folder, base, sweep }) => {
    await good(
      sweep(
        "plan",
        "s",
        "--config",
        base,
        "--epochs",
        "2000",
        "--seeds",
        "1,2",
        "--save-every",
        "1s",
      ),
    );
    const starters = [1, 2].map(() => spawnCommand(["sweep", "run", "s"], { cwd: folder }));
    let locks = 0;
    while (locks < 2) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const names = await Array.fromAsync(Deno.readDir(join(folder, "s/attempts"))).catch(() => []);
      locks = names.filter(({ name }) => name.startsWith("starter-")).length;
    }
    // A starter's lock is there before it is held, and before it listens.
    let areThere = true;
    const ended = Promise.all(starters.map(async (starter) => (await starter.output()).code))
      .finally(() => areThere = false);
    let told = 0;
    for (let tries = 0; areThere && tries < 20; tries++) {
      told += JSON.parse(await good(sweep("cancel", "s", "--json"))).starters;
    }
    const ends = await ended;
    assert.ok(told >= 2, `${told}`);
    assert.deepEqual(ends, [143, 143]);
    const states = JSON.parse(await good(sweep("status", "s", "--json")));
    assert.deepEqual(states.map(({ state }: Row) => state), ["waiting", "waiting"]);
    const left = [...Deno.readDirSync(join(folder, "s/attempts"))].map(({ name }) => name);
    assert.deepEqual(left.filter((name) => name.startsWith("starter-")), []);
  }));

Deno.test("compare gives the trainings of a table to an executor, and shows them", () =>
  withPlaces(async ({ folder }) => {
    const argv = ["compare", "--table", "1", "--only", "puppet-cnn", "--smoke", "--no-speed"];
    const run = (...more: string[]) =>
      runCommand([...argv, "--backend", "wasm", ...more], { cwd: folder });
    const script = await good(run("--executor", "slurm", "--dry-run"));
    assert.match(script, /sweep task \S+sweeps\/tables-1-smoke --index "\$row"/);
    const { code, stdout, stderr } = await run("--executor", "local", "--jobs", "2");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /SMOKE RUN, NOT A RESULT/);
    const rows = JSON.parse(
      (await runCommand(["sweep", "status", "sweeps/tables-1-smoke", "--json"], { cwd: folder }))
        .stdout,
    );
    assert.deepEqual(rows.map(({ state }: Row) => state), ["done"]);
    // A plan keeps its runs in one folder: on Kubernetes, and with other --runs, it is another.
    const pods = ["--executor", "kubernetes", "--image", "i", "--claim", "c"];
    assert.match(await good(run(...pods)), /sweeps\/tables-1-smoke-kubernetes/);
    await good(run("--executor", "local", "--runs", "others", "--dry-run"));
    const names = [...Deno.readDirSync(join(folder, "sweeps"))].map(({ name }) => name).sort();
    assert.match(
      names.join(" "),
      /^tables-1-smoke tables-1-smoke-[0-9a-f]{8} tables-1-smoke-kubernetes$/,
    );
  }));

Deno.test("compare shows what an executor has trained beside what has failed, and ends with 1", () =>
  withPlaces(async ({ folder }) => {
    const argv = ["compare", "--table", "3", "--only", "puppet-cnn,squeezenet", "--smoke"];
    const run = () =>
      runCommand([...argv, "--no-speed", "--backend", "wasm", "--executor", "local"], {
        cwd: folder,
      });
    assert.equal(
      (await runCommand([
        "sweep",
        "plan",
        "sweeps/tables-3-smoke",
        ...argv.slice(1),
        "--backend",
        "wasm",
        "--runs",
        "runs/tables",
      ], { cwd: folder })).code,
      0,
    );
    const never = new Date(0).toISOString();
    await Deno.mkdir(join(folder, "sweeps/tables-3-smoke/attempts"), { recursive: true });
    const attempt = {
      ...{
        number: 1,
        state: "failed-for-good",
        host: "h",
        process: 1,
        job: null,
        startedAt: never,
      },
      ...{ seenAt: never, secondsToFirstStep: null, message: "no room" },
    };
    await Deno.writeTextFile(
      join(folder, "sweeps/tables-3-smoke/attempts/0.1.json"),
      JSON.stringify(attempt),
    );
    const { code, stdout, stderr } = await run();
    assert.equal(code, 1);
    assert.match(stderr, /row 0: no room/);
    assert.match(stdout, /1 of 2 rows\s+has a finished run/);
  }));
