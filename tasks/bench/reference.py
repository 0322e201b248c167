"""The plain Puppet-CNN in PyTorch: what `deno task bench` compares with.

A child process that the benchmark drives: one JSON request a line on standard input, one JSON answer a line on standard
output. It holds the model of lib/ at the same sizes: the state is one image of C_out channels, height C_in, width 9
(NCHW here); kernels are adaptive 3-D average pools of the states; both norms of the dynamics use the state at hand.

Requests: {"do": NAME, ...} with NAME one of the methods of `Bench`; timed ones answer {"seconds": [...]}.
"""
import json
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file


class Dynamics(torch.nn.Module):
    """f_theta: depthwise 3x3, norm, ReLU, pointwise 1x1, norm; C^2 + 15 C parameters."""

    def __init__(self, channels):
        super().__init__()
        self.depthwise = torch.nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.norm1 = torch.nn.BatchNorm2d(channels, track_running_stats=False)
        self.pointwise = torch.nn.Conv2d(channels, channels, 1)
        self.norm2 = torch.nn.BatchNorm2d(channels, track_running_stats=False)

    def forward(self, state):
        return self.norm2(self.pointwise(F.relu(self.norm1(self.depthwise(state)))))


class Plain(torch.nn.Module):
    """The plain backbone with generated kernels: widths C/8, C/4, C/2, C."""

    def __init__(self, channels, depth, classes=10):
        super().__init__()
        self.channels, self.depth = channels, depth
        self.dynamics = Dynamics(channels)
        widths = [channels // 8, channels // 4, channels // 2, channels]
        shares = [(i + 1) * depth // 4 - i * depth // 4 for i in range(4)]
        self.sizes = [width for width, share in zip(widths, shares) for _ in range(share)]
        self.norms = torch.nn.ModuleList(torch.nn.BatchNorm2d(size) for size in self.sizes)
        self.head = torch.nn.Linear(self.sizes[-1], classes)
        self.register_buffer("start", torch.randn(1, channels, channels, 9))

    def kernels(self, scale=1.0):
        """Euler's trajectory, resized: [c_out, c_in, 3, 3] each."""
        state, step, result, inputs = self.start * scale, 1 / self.depth, [], 3
        for size in self.sizes:
            state = state + step * self.dynamics(state)
            pooled = F.adaptive_avg_pool3d(state, (size, inputs, 9))
            result.append(pooled.reshape(size, inputs, 3, 3))
            inputs = size
        return result

    def network(self, images, kernels, layout=torch.contiguous_format):
        x = images.contiguous(memory_format=layout)
        for index, (kernel, norm) in enumerate(zip(kernels, self.norms)):
            if index > 0 and self.sizes[index] != self.sizes[index - 1]:
                x = F.max_pool2d(x, 2)
            x = F.relu(norm(F.conv2d(x, kernel.contiguous(memory_format=layout), padding=1)))
        return self.head(x.mean((2, 3)))


class Bench:
    def device(self):
        """What torch would compute on: a GPU if it sees one."""
        has_cuda = torch.cuda.is_available()
        return {
            "torch": torch.__version__,
            "device": "cuda" if has_cuda else "cpu",
            "name": torch.cuda.get_device_name() if has_cuda else None,
            "cuda": torch.version.cuda,
            "cudnn": torch.backends.cudnn.version() if has_cuda else None,
        }

    def prepare(self, channels, depth, batch, threads, layout="contiguous", seed=1, device="cpu", tf32=False):
        torch.manual_seed(seed)
        torch.set_num_threads(threads)
        self.layout = torch.channels_last if layout == "channels_last" else torch.contiguous_format
        self.on = torch.device(device)
        if device == "cuda":
            # The best that a user would get: algorithms chosen by trial, precision as the other side has it.
            torch.backends.cudnn.benchmark = True
            torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = tf32
            torch.cuda.reset_peak_memory_stats()
        self.model = Plain(channels, depth).to(self.on)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.images = torch.randn(batch, 3, 32, 32).to(self.on)
        self.labels = (torch.arange(batch) % 10).to(self.on)
        return {"torch": torch.__version__, "threads": torch.get_num_threads()}

    def timed(self, work, times, repeat=1):
        """Seconds of `repeat` repetitions, `times` times, each until the device is done."""
        seconds = []
        for _ in range(times):
            start = time.perf_counter()
            for _ in range(repeat):
                work()
            if self.on.type == "cuda":
                torch.cuda.synchronize()
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds}

    def dynamics_forward(self, times, repeat=1):
        def work():
            with torch.no_grad():
                self.model.dynamics(self.model.start)
        return self.timed(work, times, repeat)

    def dynamics_gradient(self, times, repeat=1):
        state = self.model.start.clone().requires_grad_()

        def work():
            self.model.zero_grad(set_to_none=True)
            state.grad = None
            self.model.dynamics(state).sum().backward()
        return self.timed(work, times, repeat)

    def generation(self, times, repeat=1):
        def work():
            with torch.no_grad():
                self.model.kernels()
        return self.timed(work, times, repeat)

    def training_step(self, times):
        def work():
            self.optimizer.zero_grad(set_to_none=True)
            logits = self.model.network(self.images, self.model.kernels(), self.layout)
            loss = F.cross_entropy(logits, self.labels)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1e9)
            self.optimizer.step()
            loss.item()
        self.model.train()
        return self.timed(work, times)

    def bank(self):
        """Kernels with the norms folded in, as the best an inference user would do by hand."""
        self.model.eval()
        with torch.no_grad():
            folded = []
            for kernel, norm in zip(self.model.kernels(), self.model.norms):
                factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
                weights = (kernel * factor[:, None, None, None]).contiguous(memory_format=self.layout)
                folded.append((weights, norm.bias - norm.running_mean * factor))
        return folded

    def banked(self, images, folded):
        x = images.contiguous(memory_format=self.layout)
        for index, (kernel, bias) in enumerate(folded):
            if index > 0 and self.model.sizes[index] != self.model.sizes[index - 1]:
                x = F.max_pool2d(x, 2)
            x = F.relu(F.conv2d(x, kernel, bias, padding=1), inplace=True)
        return self.model.head(x.mean((2, 3)))

    def forward(self, times, batch):
        folded = self.bank()
        images = torch.randn(batch, 3, 32, 32).to(self.on)

        def work():
            with torch.inference_mode():
                self.banked(images, folded)
        return self.timed(work, times)

    def evaluation(self, times, images, batch):
        """Bytes in, classes out: standardise, forward, Top-1, over `images` random images."""
        folded = self.bank()
        pixels = np.random.default_rng(1).integers(0, 256, (images, 32, 32, 3), dtype=np.uint8)
        labels = (torch.arange(images) % 10).to(self.on)

        def work():
            right = 0
            with torch.inference_mode():
                for at in range(0, images, batch):
                    x = torch.from_numpy(pixels[at:at + batch]).to(self.on).permute(0, 3, 1, 2).float()
                    x = (x / 255 - 0.5) / 0.25
                    right += (self.banked(x, folded).argmax(1) == labels[at:at + batch]).sum().item()
        return self.timed(work, times)

    def complexity(self, times, images):
        """Spatial plus spectral entropy of grey images, by NumPy's batched real transform, in batches of 256."""
        pixels = np.random.default_rng(1).integers(0, 256, (images, 32, 32, 3), dtype=np.uint8)

        def entropy(batch):
            x = batch.astype(np.int32)
            grey = (299 * x[..., 0] + 587 * x[..., 1] + 114 * x[..., 2] + 500) // 1000
            count = len(grey)
            bins = (grey.reshape(count, -1) + 256 * np.arange(count)[:, None]).ravel()
            shares = np.bincount(bins, minlength=256 * count).reshape(count, 256) / 1024
            spatial = -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(1)
            spectrum = np.fft.rfft2(grey.astype(np.float64))
            power = spectrum.real ** 2 + spectrum.imag ** 2
            power[:, 0, 0] = 0
            weight = np.full(17, 2.0)
            weight[0] = weight[-1] = 1
            total = (power.sum(1) * weight).sum(1)
            logs = ((power * np.log2(np.where(power > 0, power, 1))).sum(1) * weight).sum(1)
            return spatial + np.log2(total) - logs / total
        return self.timed(lambda: [entropy(pixels[at:at + 256]) for at in range(0, images, 256)], times)

    def load(self, path, trained):
        """Takes the weights of a file that `deno task bench` wrote (layout of lib/, see weights.ts)."""
        names = load_file(path)
        model, take = self.model, lambda name: torch.from_numpy(names[name])
        dynamics = model.dynamics
        with torch.no_grad():
            dynamics.depthwise.weight.copy_(take("puppeteer.depthwise.weights").permute(2, 3, 0, 1))
            dynamics.depthwise.bias.copy_(take("puppeteer.depthwise.bias"))
            dynamics.pointwise.weight.copy_(take("puppeteer.pointwise.weights").T[:, :, None, None])
            dynamics.pointwise.bias.copy_(take("puppeteer.pointwise.bias"))
            for name in ("norm1", "norm2"):
                getattr(dynamics, name).weight.copy_(take(f"puppeteer.{name}.scale"))
                getattr(dynamics, name).bias.copy_(take(f"puppeteer.{name}.offset"))
            model.start.copy_(take("initial-state").permute(0, 3, 1, 2))  # [1, in, 9, out] to NCHW
            for norm, name in zip(model.norms, trained):
                norm.weight.copy_(take(f"{name}.scale"))
                norm.bias.copy_(take(f"{name}.offset"))
            model.head.weight.copy_(take("head.weights").T)
            model.head.bias.copy_(take("head.bias"))
            self.images = take("images").permute(0, 3, 1, 2)
        return {}

    def save(self, path, trained):
        """Writes the weights in the layout of lib/, and the logits of the images at hand: what `load` reads."""
        model, give = self.model, lambda tensor: tensor.detach().contiguous().numpy()
        dynamics = model.dynamics
        names = {
            "puppeteer.depthwise.weights": give(dynamics.depthwise.weight.permute(2, 3, 0, 1)),
            "puppeteer.depthwise.bias": give(dynamics.depthwise.bias),
            "puppeteer.pointwise.weights": give(dynamics.pointwise.weight[:, :, 0, 0].T),
            "puppeteer.pointwise.bias": give(dynamics.pointwise.bias),
            "initial-state": give(model.start.permute(0, 2, 3, 1)),
            "head.weights": give(model.head.weight.T),
            "head.bias": give(model.head.bias),
            "images": give(self.images.permute(0, 2, 3, 1)),
        }
        for name in ("norm1", "norm2"):
            names[f"puppeteer.{name}.scale"] = give(getattr(dynamics, name).weight)
            names[f"puppeteer.{name}.offset"] = give(getattr(dynamics, name).bias)
        for norm, name in zip(model.norms, trained):
            names[f"{name}.scale"] = give(norm.weight)
            names[f"{name}.offset"] = give(norm.bias)
        save_file(names, path)
        return {}

    def logits(self, path):
        """Writes the logits of the images at hand, with the norms of the batch."""
        self.model.train()
        with torch.no_grad():
            logits = self.model.network(self.images, self.model.kernels(), self.layout)
        save_file({"logits": logits.numpy()}, path)
        return {}

    def peak(self):
        """Largest resident size so far, and largest memory on the GPU since `prepare` (null without), in bytes."""
        has_cuda = self.on.type == "cuda"
        return {
            "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "device": torch.cuda.max_memory_allocated() if has_cuda else None,
        }


if __name__ == "__main__":
    bench = Bench()
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(getattr(bench, request.pop("do"))(**request)), flush=True)
