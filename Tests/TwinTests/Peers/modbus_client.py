"""Drives the twin's wheel drive with PyPI pymodbus, as any other client would. Exits 0 when all answers are right."""

import sys
import time

from pymodbus.client import ModbusSerialClient

UNIT = 1
client = ModbusSerialClient(port=sys.argv[1], baudrate=115200, timeout=1, retries=0)
assert client.connect(), "the port does not open"


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: found {found}, expected {expected}")
    print(f"{what}: {found}")


def signed(value, bits=16):
    return value - (1 << bits) if value >= 1 << (bits - 1) else value


def read(address, count=1):
    answer = client.read_holding_registers(address, count=count, device_id=UNIT)
    assert not answer.isError(), f"reading {address:#x}: {answer}"
    return answer.registers


def write(address, *values):
    if len(values) == 1:
        answer = client.write_register(address, values[0], device_id=UNIT)
    else:
        answer = client.write_registers(address, [value & 0xFFFF for value in values], device_id=UNIT)
    assert not answer.isError(), f"writing {address:#x}: {answer}"


check("mode after power-up", read(0x200D), [0])
check("bus voltage in 0.01 V", read(0x20A1), [2560])
write(0x200D, 3)
check("mode", read(0x200D), [3])
write(0x2080, 10, 10, 10, 10)
check("ramps", read(0x2080, 4), [10, 10, 10, 10])
write(0x2088, 60, -60)
write(0x200E, 8)
time.sleep(0.3)
speeds = [signed(value) for value in read(0x20AB, 2)]
check("speeds in 0.1 rpm", speeds, [600, -600])
first = read(0x20A7, 4)
time.sleep(0.5)
second = read(0x20A7, 4)
left = signed(second[0] << 16 | second[1], 32) - signed(first[0] << 16 | first[1], 32)
right = signed(second[2] << 16 | second[3], 32) - signed(first[2] << 16 | first[3], 32)
check("the left wheel counts up, the right one down", (left > 4096, right < -4096), (True, True))

answer = client.read_holding_registers(0x1234, count=1, device_id=UNIT)
check("exception for an unknown address", answer.exception_code, 2)
answer = client.write_register(0x200E, 99, device_id=UNIT)
check("exception for an unknown command", answer.exception_code, 3)
answer = client.read_input_registers(0x200D, count=1, device_id=UNIT)
check("exception for an unknown function", answer.exception_code, 1)

write(0x200E, 5)
time.sleep(0.2)
check("stopped", read(0x20AB, 2), [0, 0])
write(0x200E, 7)
check("faults", read(0x20A5, 2), [0, 0])
client.close()
print("all right")
