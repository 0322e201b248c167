import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { CheckpointError } from "../../../lib/errors.ts";
import { openMetricsLog, readMetricsLog } from "../../../lib/training/metrics_log.ts";
import type { EpochRecord } from "../../../lib/training/training_event.ts";
import { withFolder } from "../../helpers/with_folder.ts";

function recordOf(epoch: number, change: Partial<EpochRecord> = {}): EpochRecord {
  const validated = epoch % 2 === 0;
  return {
    epoch,
    step: 125 * epoch,
    learningRate: 1e-3 / epoch,
    trainLoss: 2.302585092994046 / epoch,
    trainTop1: 0.1 + epoch / 100,
    validationLoss: validated ? 1.75 : null,
    validationTop1: validated ? 0.3 : null,
    validationTop5: validated ? 0.8 : null,
    gradientNorm: 1.5e-7,
    meanDepth: 10.02,
    imagesPerSecond: 812.5,
    seconds: 9.8,
    liveTensors: 64,
    ...change,
  };
}

async function appendEpochs(
  folder: string,
  epochs: {
    readonly after: number;
    readonly until: number;
    readonly change?: Partial<EpochRecord>;
  },
): Promise<readonly number[]> {
  const log = await openMetricsLog(folder, { resumeAfterEpoch: epochs.after });
  for (let epoch = epochs.after + 1; epoch <= epochs.until; epoch++) {
    await log.append(recordOf(epoch, epochs.change));
  }
  return log.missingEpochs;
}

function csvRows(folder: string): string[][] {
  const text = Deno.readTextFileSync(join(folder, "log.csv"));
  assert.ok(text.endsWith("\n"));
  return text.trimEnd().split("\n").map((line) => line.split(","));
}

async function assertEpochs(folder: string, expected: readonly number[]): Promise<void> {
  assert.deepEqual((await readMetricsLog(folder)).map(({ epoch }) => epoch), expected);
  assert.deepEqual(csvRows(folder).slice(1).map(([epoch]) => Number(epoch)), expected);
}

Deno.test("append() writes records that readMetricsLog() returns unchanged", () =>
  withFolder(async (folder) => {
    await appendEpochs(folder, { after: 0, until: 3 });
    assert.deepEqual(await readMetricsLog(folder), [recordOf(1), recordOf(2), recordOf(3)]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "log.csv",
      "log.jsonl",
    ]);
  }));

Deno.test("append() writes a table with one column per field and empty cells for null", () =>
  withFolder(async (folder) => {
    await appendEpochs(folder, { after: 0, until: 2 });
    assert.deepEqual(csvRows(folder), [
      [
        "epoch",
        "step",
        "learning_rate",
        "train_loss",
        "train_top1",
        "validation_loss",
        "validation_top1",
        "validation_top5",
        "gradient_norm",
        "mean_depth",
        "images_per_second",
        "seconds",
        "live_tensors",
      ],
      [
        "1",
        "125",
        "0.001",
        "2.302585092994046",
        "0.11",
        "",
        "",
        "",
        "1.5e-7",
        "10.02",
        "812.5",
        "9.8",
        "64",
      ],
      [
        "2",
        "250",
        "0.0005",
        "1.151292546497023",
        "0.12000000000000001",
        "1.75",
        "0.3",
        "0.8",
        "1.5e-7",
        "10.02",
        "812.5",
        "9.8",
        "64",
      ],
    ]);
  }));

Deno.test("append() is flushed to the files at once", () =>
  withFolder(async (folder) => {
    const log = await openMetricsLog(folder, { resumeAfterEpoch: 0 });
    assert.deepEqual(await readMetricsLog(folder), []);
    await log.append(recordOf(1));
    await assertEpochs(folder, [1]);
  }));

Deno.test("append() keeps numbers that JSON has no words for", () =>
  withFolder(async (folder) => {
    const change = { trainLoss: NaN, gradientNorm: Infinity, validationLoss: -Infinity };
    await appendEpochs(folder, { after: 0, until: 1, change });
    assert.deepEqual(await readMetricsLog(folder), [recordOf(1, change)]);
    assert.equal(csvRows(folder)[1]![3], "NaN");
  }));

Deno.test("append() refuses epochs out of order", () =>
  withFolder(async (folder) => {
    const log = await openMetricsLog(folder, { resumeAfterEpoch: 0 });
    await assert.rejects(log.append(recordOf(2)), /epoch must be 1, current value is 2/);
    await log.append(recordOf(1));
    await assert.rejects(log.append(recordOf(1)), RangeError);
    await assertEpochs(folder, [1]);
  }));

Deno.test({
  name: "append() leaves no half line when the disk is full, and can be tried again",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder(async (folder) => {
      const log = await openMetricsLog(folder, { resumeAfterEpoch: 0 });
      await log.append(recordOf(1));
      const table = Deno.readFileSync(join(folder, "log.csv"));
      // Writing to this device fails as writing to a full disk does. Deno grants a device only to a process
      // that may do everything: a child of its own.
      const lib = new URL("../../../lib/training/metrics_log.ts", import.meta.url).href;
      const script = `const { openMetricsLog } = await import(${JSON.stringify(lib)});
        const log = await openMetricsLog(Deno.args[0], { resumeAfterEpoch: 1 });
        Deno.removeSync(Deno.args[0] + "/log.csv");
        Deno.symlinkSync("/dev/full", Deno.args[0] + "/log.csv");
        try { await log.append(JSON.parse(Deno.args[1])); }
        catch (error) { console.log(error.name, error.message); }`;
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["eval", "--no-lock", "--no-config", script, folder, JSON.stringify(recordOf(2))],
        env: { DENO_NO_UPDATE_CHECK: "1" },
      }).output();
      assert.match(
        new TextDecoder().decode(stdout),
        /^CheckpointError .*bytes to .*log\.csv failed \(No space left on device/,
        new TextDecoder().decode(stderr),
      );
      Deno.removeSync(join(folder, "log.csv"));
      Deno.writeFileSync(join(folder, "log.csv"), table);
      await log.append(recordOf(2));
      await assertEpochs(folder, [1, 2]);
    }),
});

Deno.test("openMetricsLog() drops the epochs that will be done again", () =>
  withFolder(async (folder) => {
    await appendEpochs(folder, { after: 0, until: 5 });
    assert.deepEqual(
      await appendEpochs(folder, { after: 3, until: 4, change: { seconds: 1 } }),
      [],
    );
    await assertEpochs(folder, [1, 2, 3, 4]);
    assert.deepEqual((await readMetricsLog(folder)).map(({ seconds }) => seconds), [
      9.8,
      9.8,
      9.8,
      1,
    ]);
    await appendEpochs(folder, { after: 0, until: 1 });
    await assertEpochs(folder, [1]);
  }));

Deno.test("openMetricsLog() repairs both files after a crash at any byte", () =>
  withFolder(async (folder) => {
    await appendEpochs(folder, { after: 0, until: 3 });
    const jsonl = Deno.readFileSync(join(folder, "log.jsonl"));
    const csv = Deno.readFileSync(join(folder, "log.csv"));
    const twoLines = jsonl.indexOf(10, jsonl.indexOf(10) + 1) + 1;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: twoLines, max: jsonl.length }),
        fc.nat(csv.length),
        async (jsonlLength, csvLength) => {
          Deno.writeFileSync(join(folder, "log.jsonl"), jsonl.subarray(0, jsonlLength));
          Deno.writeFileSync(join(folder, "log.csv"), csv.subarray(0, csvLength));
          const epochs = (await readMetricsLog(folder)).map(({ epoch }) => epoch);
          assert.deepEqual(epochs, jsonlLength >= jsonl.length - 1 ? [1, 2, 3] : [1, 2]);
          assert.deepEqual(await appendEpochs(folder, { after: 2, until: 3 }), []);
          assert.deepEqual(Deno.readFileSync(join(folder, "log.jsonl")), jsonl);
          assert.deepEqual(Deno.readFileSync(join(folder, "log.csv")), csv);
        },
      ),
      { numRuns: 60 },
    );
  }));

Deno.test("openMetricsLog() says which epochs a lost log misses, and goes on", () =>
  withFolder(async (folder) => {
    assert.deepEqual(await appendEpochs(folder, { after: 2, until: 3 }), [1, 2]);
    await assertEpochs(folder, [3]);
    assert.deepEqual(await appendEpochs(folder, { after: 4, until: 4 }), [1, 2, 4]);
  }));

Deno.test("openMetricsLog() refuses epochs that are no counts", () =>
  withFolder(async (folder) => {
    for (const resumeAfterEpoch of [-1, 0.5, NaN]) {
      await assert.rejects(openMetricsLog(folder, { resumeAfterEpoch }), RangeError);
    }
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("readMetricsLog() passes over a last line of rubbish and takes the later of two equal epochs", () =>
  withFolder(async (folder) => {
    const lines = [recordOf(1), recordOf(2), recordOf(2, { seconds: 3 })].map((record) =>
      JSON.stringify(record)
    );
    for (
      const torn of ["", '{"epoch":3,"st', "\0\0\0\0", "\0\0\n", "null\n", '{"epoch":3}\n', "{}"]
    ) {
      Deno.writeTextFileSync(join(folder, "log.jsonl"), `${lines.join("\n")}\n${torn}`);
      assert.deepEqual(await readMetricsLog(folder), [recordOf(1), recordOf(2, { seconds: 3 })]);
    }
  }));

Deno.test("readMetricsLog() names file and line of damage that no crash explains", () =>
  withFolder(async (folder) => {
    const good = JSON.stringify(recordOf(1));
    const path = join(folder, "log.jsonl");
    const damaged = [
      "rubbish",
      "[]",
      good.replace('"epoch":1', '"epoch":0'),
      good.replace('"epoch":1', '"epoch":"1"'),
      good.replace('"trainLoss":2.302585092994046', '"trainLoss":null'),
      good.replace('"seconds":9.8,', ""),
    ];
    for (const line of damaged) {
      assert.notEqual(line, good);
      Deno.writeTextFileSync(path, `${good}\n${line}\n${good}\n`);
      const before = Deno.readTextFileSync(path);
      await assert.rejects(readMetricsLog(folder), (error: unknown) => {
        assert.ok(error instanceof CheckpointError);
        assert.ok(error.message.includes(`line 2 of ${path} is none`), error.message);
        return true;
      });
      await assert.rejects(openMetricsLog(folder, { resumeAfterEpoch: 1 }), CheckpointError);
      assert.equal(Deno.readTextFileSync(path), before);
    }
  }));

Deno.test("readMetricsLog() returns nothing before the first epoch and fails without the folder", () =>
  withFolder(async (folder) => {
    assert.deepEqual(await readMetricsLog(folder), []);
    await assert.rejects(
      readMetricsLog(join(folder, "none")),
      /log\.jsonl cannot be read \(.*check the run folder/,
    );
    await assert.rejects(
      openMetricsLog(join(folder, "none"), { resumeAfterEpoch: 1 }),
      CheckpointError,
    );
  }));
