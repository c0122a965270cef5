// Face of the system's libpq (PostgreSQL's client library) for Swift.
// Functions below wrap macros only, because Swift cannot import those; everything else is called by its own name.
#ifndef COUNTERSIGN_CPOSTGRESQL_SHIM_H
#define COUNTERSIGN_CPOSTGRESQL_SHIM_H

#include <libpq-fe.h>

static inline int cs_PG_DIAG_SEVERITY_NONLOCALIZED(void) { return PG_DIAG_SEVERITY_NONLOCALIZED; }
static inline int cs_PG_DIAG_SQLSTATE(void) { return PG_DIAG_SQLSTATE; }
static inline int cs_PG_DIAG_MESSAGE_PRIMARY(void) { return PG_DIAG_MESSAGE_PRIMARY; }
static inline int cs_PG_DIAG_CONSTRAINT_NAME(void) { return PG_DIAG_CONSTRAINT_NAME; }

#endif
