"""Drives a bus of Feetech servos with the maker's client (PyPI feetech-servo-sdk) and prints what it sees as one line of JSON.

usage: feetech_client.py <port> <baud> <id> [<id> ...]
"""

import json
import sys
import time

from scservo_sdk import GroupSyncRead, GroupSyncWrite, PacketHandler, PortHandler

LOCK, MODE, TORQUE, GOAL, POSITION, VOLTAGE = 55, 33, 40, 42, 56, 62


def main():
    port = PortHandler(sys.argv[1])
    if not port.openPort() or not port.setBaudRate(int(sys.argv[2])):
        sys.exit("the port does not open")
    # 0: the STS series sends the low byte first.
    packet = PacketHandler(0)
    ids = [int(text) for text in sys.argv[3:]]
    seen = {}

    seen["ping"] = {i: packet.ping(port, i) for i in ids}
    seen["absent"] = packet.ping(port, 99)[1]
    seen["locked"] = packet.write1ByteTxRx(port, ids[0], MODE, 1)
    seen["mode"] = packet.read1ByteTxRx(port, ids[0], MODE)
    seen["torque"] = [packet.write1ByteTxRx(port, i, TORQUE, 1) for i in ids]

    goals = {i: 1900 + 50 * i for i in ids}
    write = GroupSyncWrite(port, packet, GOAL, 2)
    for i, goal in goals.items():
        write.addParam(i, list(goal.to_bytes(2, "little")))
    seen["syncWrite"] = write.txPacket()
    seen["goals"] = goals
    time.sleep(1.0)

    read = GroupSyncRead(port, packet, POSITION, 8)
    for i in ids:
        read.addParam(i)
    seen["syncRead"] = read.txRxPacket()
    seen["positions"] = {i: read.getData(i, POSITION, 2) for i in ids}
    seen["voltages"] = {i: read.getData(i, VOLTAGE, 1) for i in ids}

    seen["regWrite"] = packet.regWriteTxRx(port, ids[0], GOAL, 2, [0x00, 0x08])
    seen["before"] = packet.read2ByteTxRx(port, ids[0], GOAL)
    packet.action(port, 0xFE)
    seen["after"] = packet.read2ByteTxRx(port, ids[0], GOAL)
    port.closePort()
    print(json.dumps(seen))


main()
