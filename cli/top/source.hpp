#pragma once
// SnapshotSource: where the documents of `top` come from. It never waits: the owner polls what
// watch() names, calls turn() when that happened, and takes what arrived. A lost connection is the
// source's own business: it says so in link() and goes on trying. Owned by the loop; one thread.
#include "cli/top/frame.hpp"
#include "common/base/clock.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace vault::top {

struct Snapshot {
    json::object document;
    json::object asked;  // the parameters that it answers
};

class SnapshotSource {
  public:
    virtual ~SnapshotSource() = default;

    // From here on documents answer these parameters; the next one comes at once.
    virtual void want(json::object params) = 0;
    // While it is held nothing is asked; the connection is kept.
    virtual void hold(bool held) = 0;

    struct Watch {
        int fd = -1;  // -1: none
        short events = 0;
        std::optional<SteadyTime> until;  // when turn() is due anyway
    };
    virtual Watch watch() const = 0;
    virtual void turn() = 0;
    virtual std::optional<Snapshot> take() = 0;
    virtual Link link() const = 0;
};

}  // namespace vault::top
