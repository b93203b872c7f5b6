"""A virtual ARM board: QEMU's `virt` machine with Debian's kernel, its serial ports on the twin's terminals, its GPIO
chip (PL061) driven and watched through QEMU's test socket, and an agent in it that runs commands.

The board's clock runs slower than this machine's by a factor: the device tree tells the kernel a higher counter
frequency than the counter has. All of the board's time (kernel, systemd, daemon) shares that clock, so that a program on
an emulated processor has the time it would have on a real one.
"""
import base64
import json
import os
import re
import select
import socket
import subprocess
import threading
import time

COUNTER_HZ = 62_500_000  # of QEMU's arm64 counter


def wait_for_socket(path: str, seconds: float = 30) -> socket.socket:
    """Connects to a socket that another program is about to make."""
    end = time.monotonic() + seconds
    while True:
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect(path)
            return s
        except OSError:
            s.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


class Lines:
    """Lines of text over a socket."""

    def __init__(self, s: socket.socket):
        self.socket = s
        self.pending = b""

    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self, text: str) -> None:
        self.socket.sendall(text.encode() + b"\n")

    def take(self) -> list[str]:
        """What has come, without waiting once it is readable; raises EOFError at the end."""
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        *whole, self.pending = (self.pending + data).split(b"\n")
        return [line.decode(errors="replace").strip() for line in whole]


class Monitor:
    """QEMU's machine protocol: plugs and unplugs, and tells what happens to the machine."""

    def __init__(self, path: str):
        self.lines = Lines(wait_for_socket(path))
        self.events: list[dict] = []
        self.answers: list[dict] = []
        self.command("qmp_capabilities")

    def poll(self, seconds: float = 0) -> None:
        if select.select([self.lines], [], [], seconds)[0]:
            for line in self.lines.take():
                message = json.loads(line)
                if "event" in message:
                    self.events.append(message)
                elif "QMP" not in message:
                    self.answers.append(message)

    def command(self, name: str, **arguments):
        self.lines.send(json.dumps({"execute": name, "arguments": arguments}))
        end = time.monotonic() + 60
        while not self.answers:
            assert time.monotonic() < end, f"QEMU does not answer to {name}"
            self.poll(1)
        answer = self.answers.pop(0)
        assert "error" not in answer, f"{name}: {answer['error']['desc']}"
        return answer["return"]

    def count(self, event: str) -> int:
        self.poll()
        return sum(e["event"] == event for e in self.events)


class GPIOBridge(threading.Thread):
    """Carries levels between the twin's GPIO socket and the board's chip; a test may put its own hand on a line."""

    def __init__(self, qtest: str, twin: str, chip: str, inputs: list[int], outputs: list[int]):
        super().__init__(daemon=True)
        self.chip = chip
        self.board = Lines(wait_for_socket(qtest))
        self.twin_path = twin
        self.inputs = {line: Lines(wait_for_socket(twin)) for line in inputs}
        self.outputs = {line: Lines(wait_for_socket(twin)) for line in outputs}
        self.levels: dict[int, int] = {}  # as the twin has them
        self.held: dict[int, int] = {}  # by the test's hand
        self.driven: dict[int, int] = {}  # by the board
        self.history: list[tuple[float, int, int]] = []  # of what the board drives
        self.lock = threading.Lock()
        self.failure: Exception | None = None
        self.board.send(f"irq_intercept_out {chip}")
        for line, s in self.inputs.items():
            s.send(f"input {line}")

    def run(self) -> None:
        try:
            while True:
                for ready in select.select([self.board, *self.inputs.values()], [], [])[0]:
                    for message in ready.take():
                        self.from_board(message) if ready is self.board else self.from_twin(message)
        except (EOFError, OSError) as error:
            self.failure = error

    def from_twin(self, message: str) -> None:
        words = message.split()
        assert words[0] == "level", message
        with self.lock:
            self.levels[int(words[1])] = int(words[2])
            if int(words[1]) not in self.held:
                self.put(int(words[1]), int(words[2]))

    def from_board(self, message: str) -> None:
        found = re.match(r"IRQ (raise|lower) (\d+)", message)
        if not found:
            return
        line, level = int(found[2]), int(found[1] == "raise")
        with self.lock:
            self.history.append((time.monotonic(), line, level))
            if line in self.outputs:
                first = line not in self.driven
                self.outputs[line].send(f"output {line} {level}" if first else f"set {line} {level}")
            self.driven[line] = level

    def put(self, line: int, level: int) -> None:
        self.board.send(f"set_irq_in {self.chip} unnamed-gpio-in {line} {level}")

    def refresh(self) -> None:
        """Puts every input's level again: after a reset of the board its chip has forgotten them."""
        with self.lock:
            for line, level in (self.levels | self.held).items():
                self.put(line, level)

    def hold(self, line: int, level: int | None) -> None:
        """Holds an input at a level, whatever the twin says; nil lets go."""
        with self.lock:
            if level is None:
                self.held.pop(line, None)
                self.put(line, self.levels[line])
            else:
                self.held[line] = level
                self.put(line, level)


class Board:
    """The machine. Its serial ports are given by name: USB adapters by their serial number, and 16550 UARTs in order."""

    def __init__(self, folder: str, images: str, kernel: str, payload: str, usb: dict[str, str], uarts: list[str],
                 slowness: float):
        self.folder, self.kernel, self.slowness = folder, kernel, slowness
        self.log = f"{folder}/kernel.log"
        machine = ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57", "-smp", "2", "-m", "1G", "-nodefaults",
                   "-nographic", "-accel", "tcg,thread=multi"]
        tree = f"{folder}/board.dtb"
        subprocess.run([*machine, "-M", f"dumpdtb={tree}"], check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["fdtput", "-t", "u", tree, "/timer", "clock-frequency", str(round(COUNTER_HZ * slowness))], check=True)
        arguments = [
            *machine, "-dtb", tree, "-kernel", f"{images}/vmlinuz-{kernel}", "-initrd", f"{images}/initrd-{kernel}",
            "-append", "console=ttyAMA0 root=/dev/vda rw quiet systemd.show_status=0 mitigations=off audit=0 "
                       "8250.nr_uarts=4",
            "-drive", f"if=none,id=disk,file={images}/disk.img,format=raw,snapshot=on",
            "-device", "virtio-blk-pci,drive=disk",
            "-drive", f"if=none,id=payload,file={payload},format=raw,readonly=on",
            "-device", "virtio-blk-pci,drive=payload",
            "-serial", f"file:{self.log}",
            "-device", "virtio-serial-pci", "-chardev", f"socket,id=agent,path={folder}/agent,server=on,wait=off",
            "-device", "virtserialport,chardev=agent,name=agent",
            "-device", "i6300esb", "-watchdog-action", "reset",
            "-qmp", f"unix:{folder}/qmp,server=on,wait=off",
            "-qtest", f"unix:{folder}/qtest,server=on,wait=off", "-qtest-log", "/dev/null",
            "-device", "qemu-xhci,id=usb"]
        for name, path in usb.items():
            arguments += ["-chardev", f"serial,id={name},path={os.path.realpath(path)}",
                          "-device", f"usb-serial,chardev={name},id=adapter-{name},serial={name}"]
        for number, path in enumerate(uarts):
            arguments += ["-chardev", f"serial,id=uart{number},path={os.path.realpath(path)}",
                          "-device", f"pci-serial,chardev=uart{number}"]
        self.output = open(f"{folder}/qemu.log", "w")
        self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output)
        try:
            self.monitor = Monitor(f"{folder}/qmp")
        except OSError as error:
            raise AssertionError(f"QEMU does not start: {open(f'{folder}/qemu.log').read().strip()}") from error
        self.agent = Lines(wait_for_socket(f"{folder}/agent"))
        self.chip = self.find_chip()

    def find_chip(self) -> str:
        for device in self.monitor.command("qom-list", path="/machine/unattached"):
            if device["type"] == "child<pl061>":
                return f"/machine/unattached/{device['name']}"
        raise AssertionError("QEMU has no PL061 on this machine")

    def answer(self, seconds: float) -> tuple[int, str]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, f"QEMU has ended: {open(self.output.name).read().strip()}"
            if select.select([self.agent], [], [], 1)[0]:
                for line in self.agent.take():
                    code, text = line.split(" ", 1)
                    return int(code), base64.b64decode(text).decode(errors="replace").strip()
        raise AssertionError(f"the board has not answered for {seconds:.0f} s; see {self.log}")

    def wait_for_boot(self, seconds: float = 300) -> None:
        code, text = self.answer(seconds)
        assert text == "ready", text

    def run(self, command: str, seconds: float = 300, fails: bool = False) -> str:
        """Runs a command on the board; what it says. With `fails` it has to fail."""
        self.agent.send(base64.b64encode(command.encode()).decode())
        code, text = self.answer(seconds)
        assert (code != 0) == fails, f"`{command}` ended with {code}: {text[-1500:]}"
        return text

    def wait(self, command: str, seconds: float = 120) -> str:
        """Runs a command until it succeeds."""
        end = time.monotonic() + seconds
        while True:
            self.agent.send(base64.b64encode(command.encode()).decode())
            code, text = self.answer(300)
            if code == 0:
                return text
            assert time.monotonic() < end, f"`{command}` still fails: {text[-1500:]}"
            time.sleep(0.5)

    def unplug(self, name: str) -> None:
        self.monitor.command("device_del", id=f"adapter-{name}")

    def plug(self, name: str) -> None:
        self.monitor.command("device_add", driver="usb-serial", chardev=name, id=f"adapter-{name}", serial=name)

    def power_off(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
