#pragma once
// FaultPlan: which requests go wrong, and how, those of HTTP and the orders of sockets alike. A
// fault says two things apart: what becomes of the request, and what its client gets. "Accepted,
// then a timeout" is {Yes, Timeout}; "a 502 page and perhaps an order" is {Half, Page}. The same
// seed, faults and requests give the same strikes. One thread.
#include "tests/emulator/kraken/exchange/moment.hpp"
#include "tests/emulator/kraken/faults/aim.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::kraken_emulator {

enum class Landing : std::uint8_t {
    Yes,    // it is done, at once
    Never,  //
    Half,   // one of the two, by the seed
    Later,  // it is checked at once and done after a delay
};
enum class Answered : std::uint8_t {
    Usual,
    Timeout,  // nothing, ever; the connection stays open
    Reset,    // the connection is reset; a socket is closed
    Page,     // an HTML page with a status such as 502
    Cut,      // half of the JSON, though its length says all
    Gzip,     // says it is compressed, and is not
    Refusal,  // a text in "error", whatever was done
    Late,     // all of it, after a delay
    Doubled,  // all of it, twice
};
std::string_view to_text(Landing landing);  // "later"
std::string_view to_text(Answered answered);
std::optional<Landing> parse_landing(std::string_view text);
std::optional<Answered> parse_answered(std::string_view text);

struct Fault {
    Aim aim{};  // at endpoints, "AddOrder"
    Landing landing = Landing::Yes;
    Answered answered = Answered::Usual;
    unsigned status = 502;                  // of a page
    std::string refusal = "EService:Busy";  // of a refusal
    Span delay{};                           // until it lands later, or its late answer comes
};

// What happens to one request.
struct Strike {
    Landing landing = Landing::Yes;  // never Half
    Answered answered = Answered::Usual;
    unsigned status = 200;
    std::string refusal;
    Span delay{};
};

class FaultPlan {
  public:
    explicit FaultPlan(std::uint64_t seed) : random_(seed) {}

    void add(Fault fault) { faults_.push_back(std::move(fault)); }
    void clear() { faults_.clear(); }
    // Asked once for each request; the first fault that strikes counts.
    std::optional<Strike> strike(std::string_view endpoint);

  private:
    std::vector<Fault> faults_;
    Random random_;
};

}  // namespace vault::kraken_emulator
