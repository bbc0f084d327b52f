#pragma once
// SmallDaemon: what stands behind the control socket, on one thread and without a socket file: a
// real session on one end of a socket pair, the real shard behind it, its books in memory, and a
// synthetic market of one day. Reads of the store run on control's own worker thread, which all
// daemons of a process share. It has a clock of its own that only being looked at moves, so an
// input does the same each time. A daemon whose books did not change can take the next connection
// as if it were new.
#include "daemon/control/session.hpp"
#include "daemon/engine/driver.hpp"
#include "daemon/store/memory/memory_store.hpp"
#include "tests/simulation/virtual_time.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>

namespace vault::fuzz {

// How the peer behaves.
struct Manner {
    control::Seat seat = control::Seat::Normal;
    bool allowed = true;
    bool hangs_up = false;       // goes without reading what is left
    std::size_t first_part = 0;  // bytes that are sent and read before the rest
};

class SmallDaemon {
  public:
    // Starts from a copy of these books; the clock of them must outlive the daemon.
    SmallDaemon(simulation::VirtualClock& clock, store::MemoryStore books);
    ~SmallDaemon();

    // Sends the bytes, ends the peer's half, and gives everything that came back until the session
    // ended. Aborts if it does not end.
    std::string converse(std::string_view bytes, const Manner& manner = {});
    // Something was booked or set since it was made.
    bool changed() const;
    // Lets the shard finish what it still has to do.
    void settle();
    const store::MemoryStore& books() const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// Users, accounts and a vault with positions and history, made by control calls.
const store::MemoryStore& prepared_books(simulation::VirtualClock& clock);

// Small, so that inputs reach the limit.
inline constexpr std::size_t kFrameMax = 400;

}  // namespace vault::fuzz
