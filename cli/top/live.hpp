#pragma once
// The live picture: waits for keys, signals and documents, and draws what changed. Returns when the
// person or a signal ends it; the terminal is then as it was. One thread.
#include "cli/top/model.hpp"
#include "cli/top/rates.hpp"
#include "cli/top/source.hpp"

namespace vault::top {

struct LiveOptions {
    json::object params;  // that the command line narrows every document to
    ViewState state;
    Duration interval{1000};
    bool decorated = true;
    bool ascii = false;
};

// `first` is the document that the command began with. The exit code: 0, or 128 and the signal's
// number; Usage if standard input or output is no terminal.
Result<int> run_live(const LiveOptions& options, SnapshotSource& source, json::object first,
                     const Clock& clock);

}  // namespace vault::top
