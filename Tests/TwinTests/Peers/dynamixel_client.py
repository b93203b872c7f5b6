"""Drives a bus of servos with ROBOTIS' public SDK (PyPI dynamixel-sdk) and prints what it sees as one line of JSON.

usage: dynamixel_client.py <port> <baud> <id> [<id> ...]
"""

import json
import sys
import time

from dynamixel_sdk import GroupSyncRead, GroupSyncWrite, PacketHandler, PortHandler

TORQUE, GOAL, POSITION, CURRENT, ALERT, RETURN_DELAY = 64, 116, 132, 126, 70, 9


def main():
    port = PortHandler(sys.argv[1])
    if not port.openPort() or not port.setBaudRate(int(sys.argv[2])):
        sys.exit("the port does not open")
    packet = PacketHandler(2.0)
    ids = [int(text) for text in sys.argv[3:]]
    seen = {}

    seen["ping"] = {i: packet.ping(port, i) for i in ids}
    found, result = packet.broadcastPing(port)
    seen["broadcast"] = {"ids": sorted(found), "result": result}
    seen["absent"] = packet.ping(port, 99)[1]

    seen["delay"] = packet.write1ByteTxRx(port, ids[0], RETURN_DELAY, 0)
    seen["torque"] = [packet.write1ByteTxRx(port, i, TORQUE, 1) for i in ids]
    seen["locked"] = packet.write1ByteTxRx(port, ids[0], RETURN_DELAY, 9)
    seen["limit"] = packet.write4ByteTxRx(port, ids[0], GOAL, 5000)

    goals = {i: 1900 + 50 * i for i in ids}
    write = GroupSyncWrite(port, packet, GOAL, 4)
    for i, goal in goals.items():
        write.addParam(i, list(goal.to_bytes(4, "little")))
    seen["syncWrite"] = write.txPacket()
    seen["goals"] = goals
    time.sleep(1.0)

    read = GroupSyncRead(port, packet, POSITION, 4)
    for i in ids:
        read.addParam(i)
    seen["syncRead"] = read.txRxPacket()
    seen["positions"] = {i: read.getData(i, POSITION, 4) for i in ids}

    if hasattr(read, "fastSyncRead"):
        fast = GroupSyncRead(port, packet, CURRENT, 10)
        for i in ids:
            fast.addParam(i)
        seen["fastSyncRead"] = fast.fastSyncRead()
        seen["fastPositions"] = {i: fast.getData(i, POSITION, 4) for i in ids}

    seen["single"] = packet.read4ByteTxRx(port, ids[0], POSITION)
    seen["alert"] = packet.read1ByteTxRx(port, ids[-1], ALERT)
    seen["reboot"] = packet.reboot(port, ids[-1])
    port.closePort()
    print(json.dumps(seen))


main()
