// Face of the system's libjwt for the tests: an independent JWT implementation to compare ours with.
#ifndef COUNTERSIGN_CJWT_SHIM_H
#define COUNTERSIGN_CJWT_SHIM_H
#include <jwt.h>
#endif
