// libmosquitto, as this house uses it: a connection to a building's MQTT broker, with or without TLS.
#ifndef CMOSQUITTO_H
#define CMOSQUITTO_H

#include <mosquitto.h>

#endif
