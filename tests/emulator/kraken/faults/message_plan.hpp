#pragma once
// MessagePlan: which messages of sockets go wrong, and how. A message is named by its channel, an
// execution by its kind too: "executions/filled". The same seed, faults and messages give the same
// mishaps. One thread.
#include "tests/emulator/kraken/exchange/moment.hpp"
#include "tests/emulator/kraken/faults/aim.hpp"

#include <optional>
#include <vector>

namespace vault::kraken_emulator {

enum class Mishap : std::uint8_t {
    Lost,        // not sent; what is numbered has a gap
    Doubled,     // sent twice
    Late,        // sent after a delay
    Swapped,     // sent behind the next one of its socket
    Disconnect,  // the socket is closed instead
};
std::string_view to_text(Mishap mishap);  // "lost"
std::optional<Mishap> parse_mishap(std::string_view text);

struct MessageFault {
    Aim aim{};
    Mishap mishap = Mishap::Lost;
    Span delay{};  // of a late one
};

class MessagePlan {
  public:
    explicit MessagePlan(std::uint64_t seed) : random_(seed) {}

    void add(MessageFault fault) { faults_.push_back(std::move(fault)); }
    void clear() { faults_.clear(); }
    // Asked once for each message; the first fault that strikes counts.
    std::optional<MessageFault> strike(std::string_view message);

  private:
    std::vector<MessageFault> faults_;
    Random random_;
};

}  // namespace vault::kraken_emulator
