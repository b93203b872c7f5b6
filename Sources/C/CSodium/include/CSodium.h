// libsodium, as this house uses it: Argon2id for PINs and unlock codes, Ed25519 for signatures.
#ifndef CSODIUM_H
#define CSODIUM_H

#include <sodium.h>

#endif
