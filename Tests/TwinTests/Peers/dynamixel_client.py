"""Drives a bus of servos with ROBOTIS' public SDK (PyPI dynamixel-sdk) and prints what it sees as one line of JSON.

usage: dynamixel_client.py <port> <baud> <id> [<id> ...]
"""

import json
import sys
import time

from dynamixel_sdk import GroupBulkRead, GroupBulkWrite, GroupSyncRead, GroupSyncWrite, PacketHandler, PortHandler

TORQUE, GOAL, POSITION, CURRENT, ALERT, RETURN_DELAY = 64, 116, 132, 126, 70, 9
LED, VOLTAGE, TEMPERATURE, I_GAIN, INDIRECT_ADDRESS, INDIRECT_DATA = 65, 144, 146, 82, 168, 224


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

    bulk = GroupBulkRead(port, packet)
    wanted = {ids[0]: (VOLTAGE, 2), ids[1]: (TEMPERATURE, 1), ids[2]: (VOLTAGE, 2)}
    for i, (address, length) in wanted.items():
        bulk.addParam(i, address, length)
    seen["bulkRead"] = bulk.txRxPacket()
    seen["bulk"] = {i: bulk.getData(i, *place) for i, place in wanted.items()}
    if hasattr(bulk, "fastBulkRead"):
        seen["fastBulkRead"] = bulk.fastBulkRead()
        seen["fastBulk"] = {i: bulk.getData(i, *place) for i, place in wanted.items()}

    write = GroupBulkWrite(port, packet)
    write.addParam(ids[0], LED, 1, [1])
    write.addParam(ids[1], I_GAIN, 2, [77, 0])
    seen["bulkWrite"] = write.txPacket()
    time.sleep(0.05)
    seen["bulkWritten"] = {
        ids[0]: packet.read1ByteTxRx(port, ids[0], LED)[0],
        ids[1]: packet.read2ByteTxRx(port, ids[1], I_GAIN)[0],
    }

    # A map is written with torque off.
    packet.write1ByteTxRx(port, ids[0], TORQUE, 0)
    places = [TORQUE, POSITION, POSITION + 1, POSITION + 2, POSITION + 3]
    addresses = [byte for place in places for byte in place.to_bytes(2, "little")]
    seen["indirect"] = packet.writeTxRx(port, ids[0], INDIRECT_ADDRESS, len(addresses), addresses)
    packet.write1ByteTxRx(port, ids[0], TORQUE, 1)
    mapped = GroupSyncRead(port, packet, INDIRECT_DATA, 5)
    mapped.addParam(ids[0])
    seen["indirectRead"] = mapped.txRxPacket()
    seen["indirectTorque"] = mapped.getData(ids[0], INDIRECT_DATA, 1)
    seen["indirectPosition"] = mapped.getData(ids[0], INDIRECT_DATA + 1, 4)

    # Its firmware takes 0.3 s to start.
    time.sleep(0.5)
    seen["rebooted"] = packet.ping(port, ids[-1])
    seen["torqueAfter"] = packet.read1ByteTxRx(port, ids[-1], TORQUE)
    port.closePort()
    print(json.dumps(seen))


main()
