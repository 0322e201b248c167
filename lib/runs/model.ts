import * as tf from "@tensorflow/tfjs-core";
import { requireOptions } from "../arguments/require_options.ts";
import { isResized } from "../datasets/data_config.ts";
import { UsageError } from "../errors.ts";
import { prepareNetwork } from "../evaluation/prepare_network.ts";
import { LevelClassifier } from "../puppet/level_classifier.ts";
import { takeValues, type TensorValues } from "../tensors/parameter_set.ts";
import { classifyPrepared } from "./classify_prepared.ts";
import { loadPicture, nameOfPicture, type Picture, type PictureSize } from "./picture.ts";
import { requireTrajectory } from "./require_trajectory.ts";
import type { InferenceNetwork } from "../classifiers/classifier.ts";
import type { ExperimentConfig } from "../configuration/experiment_config.ts";
import type { ReportWork } from "../evaluation/report_work.ts";
import type { ComplexityLevel } from "../puppeteer/complexity_levels.ts";
import type { LoadedClassifier } from "./load_trained.ts";
import type { Prediction } from "./run_types.ts";

/** How a model works. */
export interface ModelOptions {
  /**
   * One trajectory per image instead of one per level: the paper's literal reading, slow. Refused with a `UsageError`
   * by a model that generates no kernels along one.
   *
   * @default as the model was trained
   */
  readonly exact?: boolean;
  /** Hears how far generating kernels and classifying pictures have come. */
  readonly onProgress?: ReportWork;
}

/** Options of {@linkcode Model.classify}. */
export interface ClassifyOptions {
  /**
   * Most probable classes of every answer, >= 1.
   *
   * @default 5
   */
  readonly topK?: number;
  /**
   * Pictures that are read before they are classified together, >= 1. A stream is answered in groups of so many.
   *
   * @default 256
   */
  readonly groupSize?: number;
}

/** What a model is made of. */
export interface ModelParts extends LoadedClassifier {
  /** Whether every image has its own trajectory. */
  readonly exact: boolean;
  /** The network that classifies, made at the first call. */
  readonly prepare: () => Promise<InferenceNetwork>;
}

let open: (model: Model) => ModelParts;

/**
 * Opens a model, for functions that work on tensors.
 *
 * @param model The model; it stays the owner of all that it is made of.
 * @returns Its classifier with statistics, what its checkpoint says, and its network.
 */
export function partsOf(model: Model): ModelParts {
  return open(model);
}

/** A trained model, ready to classify pictures as often as wanted. Made by `loadModel`. */
export class Model implements Disposable {
  /** Class names in the order of the labels. */
  readonly classNames: readonly string[];
  /** Height and width in pixels of the images that the network sees; pictures of other sizes are resized. */
  readonly imageSize: { readonly height: number; readonly width: number };
  /** The run's configuration. */
  readonly config: ExperimentConfig;
  /** Folder of the checkpoint within the run: `step-00011250`. */
  readonly checkpoint: string;
  readonly #loaded: LoadedClassifier;
  readonly #exact: boolean;
  readonly #report: ReportWork;
  #network: Promise<InferenceNetwork> | null = null;
  /** The same, once it is there: what is disposed of is gone at once. */
  #ready: InferenceNetwork | null = null;
  #isDisposed = false;

  static {
    open = (model) => ({
      ...model.#live,
      exact: model.#exact,
      prepare: () => model.#prepare(),
    });
  }

  /**
   * Takes over a classifier that was loaded.
   *
   * @param loaded The classifier; disposed of with the model.
   * @param options One trajectory per image, and who hears of its works.
   */
  constructor(
    loaded: LoadedClassifier,
    options: ModelOptions = {},
  ) {
    const { card, config, folder } = loaded;
    this.#loaded = loaded;
    this.config = config;
    this.checkpoint = folder;
    this.classNames = card.classNames;
    this.imageSize = card.image;
    this.#exact = requireTrajectory(card.model, options.exact ?? false);
    this.#report = options.onProgress ?? (() => {});
  }

  /**
   * Numbers that are stored: of the puppeteer, and all.
   *
   * @throws {UsageError} if the model was disposed of.
   */
  get parameters(): { readonly puppeteer: number; readonly total: number } {
    const { parameters } = this.#live.trained.classifier;
    return { puppeteer: parameters.count("puppeteer."), total: parameters.count() };
  }

  /**
   * Classifies one picture.
   *
   * @param picture Path, URL, content of an image file, or pixels.
   * @param options Number of classes.
   * @returns The answer.
   * @throws {DataError} if a file is missing or no picture.
   */
  classify(picture: Picture, options?: ClassifyOptions): Promise<Prediction>;
  /**
   * Classifies several pictures.
   *
   * @param pictures Paths, URLs, contents of image files, or pixels.
   * @param options Number of classes.
   * @returns One answer per picture, in their order.
   * @throws {DataError} if a file is missing or no picture.
   */
  classify(pictures: readonly Picture[], options?: ClassifyOptions): Promise<Prediction[]>;
  /**
   * Classifies a stream of pictures.
   *
   * @param pictures Paths, URLs, contents of image files, or pixels, as they come.
   * @param options Number of classes, and how many are answered together.
   * @returns One answer per picture, in their order.
   * @throws {DataError} if a file is missing or no picture.
   */
  classify(pictures: AsyncIterable<Picture>, options?: ClassifyOptions): AsyncGenerator<Prediction>;
  classify(
    pictures: Picture | readonly Picture[] | AsyncIterable<Picture>,
    options: ClassifyOptions = {},
  ): Promise<Prediction> | Promise<Prediction[]> | AsyncGenerator<Prediction> {
    if (typeof pictures === "object" && pictures !== null && Symbol.asyncIterator in pictures) {
      return this.#classifyStream(pictures, options);
    }
    if (isList(pictures)) return Array.fromAsync(this.#classifyStream(pictures, options));
    return this.#classifyOne(pictures, options);
  }

  /**
   * The puppeteer's trajectory for a complexity: its level's, or in exact mode its own.
   *
   * @param complexity Complexity of an image, in the unit of the model's measure (bits for `entropy`), finite, >= 0.
   * @returns States K_0 .. K_N, each `[1, C_in, taps, C_out]`, float32; layer n uses K_n.
   * @throws {TypeError | RangeError} if the complexity is no number, or not finite or below 0.
   * @throws {UsageError} if the model has no puppeteer.
   */
  async trajectory(complexity: number): Promise<TensorValues[]> {
    const { classifier } = this.#live.trained;
    const puppeteer = classifier instanceof LevelClassifier ? classifier.puppeteer : null;
    if (puppeteer === null) {
      throw new UsageError(
        `Cannot follow a trajectory: ${this.config.model.name} has no puppeteer; take a model that generates kernels`,
      );
    }
    const level = this.#levelOf(complexity);
    return await takeValues(
      tf.tidy(() => [puppeteer.initialState(level), ...puppeteer.states(level)]),
    );
  }

  /**
   * The kernels that an image of a complexity passes, generated or stored.
   *
   * @param complexity As of `trajectory`.
   * @returns By name of the layer, in order, `[kernelSize, kernelSize, in, out]`, float32.
   * @throws {TypeError | RangeError} if the complexity is no number, or not finite or below 0.
   * @throws {UsageError} if the model is more than a list of layers.
   */
  async kernels(complexity: number): Promise<Map<string, TensorValues>> {
    const { classifier } = this.#live.trained;
    if (!(classifier instanceof LevelClassifier)) {
      throw new UsageError(
        `Cannot list kernels: ${this.config.model.name} is more than a list of layers with a kernel each; take another model`,
      );
    }
    const level = this.#levelOf(complexity);
    const names: string[] = [];
    const kernels = tf.tidy(() =>
      [...classifier.kernelsOf(level)].map(([name, kernel]) => {
        names.push(name);
        return kernel.clone();
      })
    );
    const values = await takeValues(kernels);
    return new Map(names.map((name, index) => [name, values[index]!]));
  }

  /** Frees the model's memory on the device. */
  [Symbol.dispose](): void {
    if (this.#ready !== null) this.#ready.dispose();
    else this.#network?.then((network) => network.dispose(), () => {});
    this.#network = null;
    this.#ready = null;
    this.#isDisposed = true;
    this.#loaded.trained.classifier.dispose();
  }

  /** What was loaded, while it is there. */
  get #live(): LoadedClassifier {
    if (!this.#isDisposed) return this.#loaded;
    throw new UsageError("Cannot use the model: it was disposed of; load it again");
  }

  #levelOf(complexity: number): ComplexityLevel {
    const { levels } = this.#loaded.trained.classifier;
    return this.#exact ? levels.exactLevel(complexity) : levels.list[levels.levelOf(complexity)]!;
  }

  async #classifyOne(picture: Picture, options: ClassifyOptions): Promise<Prediction> {
    return (await Array.fromAsync(this.#classifyStream([picture], options)))[0]!;
  }

  async *#classifyStream(
    pictures: Iterable<Picture> | AsyncIterable<Picture>,
    options: ClassifyOptions,
  ): AsyncGenerator<Prediction> {
    requireOptions(options, { topK: "count", groupSize: "count" }, "options of classify");
    // Before hundreds of pictures are read.
    void this.#live;
    const { topK = 5, groupSize = 256 } = options;
    let [index, names, pixels]: [number, string[], Uint8Array[]] = [0, [], []];
    for await (const picture of pictures) {
      const name = nameOfPicture(picture, index++);
      names.push(name);
      pixels.push(await loadPicture(picture, { name, ...this.pictureSize }));
      if (names.length < groupSize) continue;
      yield* await this.classifyPrepared(names, pixels, { topK });
      [names, pixels] = [[], []];
    }
    if (names.length > 0) yield* await this.classifyPrepared(names, pixels, { topK });
  }

  /** Sizes that pictures are brought to, as in training: where images have their size, nothing is cut off. */
  get pictureSize(): PictureSize {
    const { dataset, resizeTo } = this.config.data;
    const size = this.imageSize.height;
    return { size, resizeTo: (isResized(dataset) ? resizeTo : null) ?? size };
  }

  #prepare(): Promise<InferenceNetwork> {
    return this.#network ??= this.#makeNetwork().then((network) => {
      if (!this.#isDisposed) this.#ready = network;
      return network;
    }, (error) => {
      // What failed may have passed: the next call tries again.
      this.#network = null;
      throw error;
    });
  }

  async #makeNetwork(): Promise<InferenceNetwork> {
    return await prepareNetwork(this.#live.trained, {
      image: this.imageSize,
      exact: this.#exact,
      // One picture needs one level: kernels of others would only be waited for.
      levels: [],
      report: (done, total) => this.#report(done, total, "generating kernels"),
    });
  }

  /**
   * Classifies pictures that have been brought to the model's size.
   *
   * @param names What the pictures are called in the answers.
   * @param pictures Pixels `[size, size, 3]` of each, as `pictureSize` says.
   * @param options Number of classes, and a depth for all in place of each picture's own.
   * @returns One answer per picture.
   * @throws {UsageError} if the model has no network of that depth.
   */
  async classifyPrepared(
    names: readonly string[],
    pictures: readonly Uint8Array[],
    options: { readonly topK: number; readonly depth?: number | undefined },
  ): Promise<Prediction[]> {
    try {
      return await classifyPrepared(
        {
          ...this.#loaded,
          ...{ network: await this.#prepare(), exact: this.#exact },
          report: (done) => this.#report(done, names.length, "classifying images"),
        },
        names.map((name, index) => ({ name, pixels: pictures[index]! })),
        options,
      );
    } catch (error) {
      // A model that was disposed of under way says so; what TensorFlow.js says of missing tensors is no help.
      void this.#live;
      throw error;
    }
  }
}

function isList(pictures: Picture | readonly Picture[]): pictures is readonly Picture[] {
  return Array.isArray(pictures);
}
