#pragma once
// PaperKeyValidator: the "exchange" behind the keys of paper accounts. What it says of a key is
// read off the key's text, so that every outcome of a validation can be called up, in any
// combination, and comes out the same each time. Owned by the composition root; no state, so calls
// may come from any executor and overlap.
//
// A paper key is "paper-<name>" and suffixes in any order, each at most once. The name (letters,
// digits, '-', '_', up to 64) is the account at the pretended exchange: keys with one name are keys
// of one account. The secret is any text that is not empty.
//
//     paper-alice             accepted; may query funds and trade, not withdraw; no IP restriction
//     +key=2                  another key of that account: changes nothing but the key's text
//     +bad-signature          the signature is refused
//     +wrong-ip               refused, because the key is bound to another address
//     +expired                refused, because it expired on 2020-01-01
//     +expires=2027-01-01     accepted until then; a date or an RFC 3339 time
//     +no-funds, +no-trade    lacks the right to query funds, to trade
//     +withdraw               may withdraw
//     +ip-restricted          bound to our address
//     +ip-unknown             the exchange does not tell whether it is bound
//     +slow                   answers after PaperKeyTimes::slow; past the limit that is Expired
//     +down                   cannot be reached (Io)
//     +rate-limited           answers that there were too many calls (RateLimited)
//     +maintenance            answers that it is closed (NotReady)
//
// Errors besides: InvalidParams for another text or suffix, or two suffixes that contradict each
// other. They name a suffix by its place, since a key is never shown.
#include "daemon/ports/key_validator.hpp"

namespace vault::exchange {

struct PaperKeyTimes {
    Duration answer{20};                     // after which a key is answered, and its latency
    Duration slow{std::chrono::seconds{5}};  // the same of one with +slow
};

// What a paper key's text says.
struct PaperKey {
    ports::KeyFindings findings{};   // without latency
    std::optional<Error> failure{};  // comes instead of findings
    bool slow = false;
};
Result<PaperKey> parse_paper_key(std::string_view text);

class PaperKeyValidator final : public ports::KeyValidator {
  public:
    explicit PaperKeyValidator(PaperKeyTimes times = {}) : times_(times) {}

    boost::asio::awaitable<Result<ports::KeyFindings>> validate(std::string exchange,
                                                                const Secret& key,
                                                                const Secret& secret,
                                                                Duration limit) override;

  private:
    PaperKeyTimes times_;
};

}  // namespace vault::exchange
