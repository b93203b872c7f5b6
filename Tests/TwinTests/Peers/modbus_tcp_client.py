"""Asks the twin's relay box over Modbus TCP with PyPI pymodbus, as any other client would. Exits 0 when all answers are right."""

import sys
import time

from pymodbus.client import ModbusTcpClient

UNIT = 10
client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]), timeout=2, retries=0)
assert client.connect(), "nobody listens"


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: found {found}, expected {expected}")
    print(f"{what}: {found}")


def status():
    answer = client.read_holding_registers(0, count=4 + 2 * 2 + 6, device_id=UNIT)
    assert not answer.isError(), f"reading the status: {answer}"
    return answer.registers


check("header", status()[:4], [0x4452, 1, 2, 1])
assert not client.write_register(0x1001, 71, device_id=UNIT).isError()
check("the second door's session", status()[7], 71)
assert not client.write_registers(0x1100, [72, 3, 1], device_id=UNIT).isError()
check("the lift's destination and session", (status()[9], status()[13]), (3, 72))
assert not client.write_register(0x1001, 0, device_id=UNIT).isError()
check("the second door's session after its release", status()[7], 0)
answer = client.read_holding_registers(0x4000, count=1, device_id=UNIT)
check("a register that there is not", answer.exception_code, 2)
answer = client.read_coils(0, count=1, device_id=UNIT)
check("a function that there is not", answer.exception_code, 1)
for _ in range(200):
    status()
client.close()
assert client.connect(), "nobody listens a second time"
check("header on a second connection", status()[:2], [0x4452, 1])
print("all right")
