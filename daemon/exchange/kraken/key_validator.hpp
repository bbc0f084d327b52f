#pragma once
// KrakenKeyValidator: what Kraken says of an API key, by GetApiKeyInfo, which needs no right of the
// key and changes nothing. Owned by the composition root, and so is its Rest; on Rest's executor.
// Calls may overlap.
//
// What it finds is read strictly, since a key that may withdraw must not pass for one that may not:
//
//     query_funds   query-funds
//     trade         modify-trades, close-trades, query-open-trades and query-closed-trades
//     withdraw      withdraw-funds, add-withdraw-address, update-withdraw-address, or any right of
//                   another name with "withdraw" or "transfer" in it
//     ip            the list of addresses has one: yes; it has none: no; it is not told: unknown
//     expires_at    valid_until; "0": never
//
// Names of fields are taken as the documents spell them (ipAllowlist) and as the exchange does
// (ip_allowlist). A list of rights that is missing or is none, and an answer about another key, are
// NotReady. "Invalid key", "Invalid signature", "Permission denied" and a locked account are
// findings with signature_accepted = false and Kraken's words. "Temporary lockout" is RateLimited,
// "Invalid nonce" NotReady: neither says anything about the key.
#include "daemon/exchange/kraken/rest.hpp"
#include "daemon/ports/key_validator.hpp"

namespace vault::exchange::kraken {

class KrakenKeyValidator final : public ports::KeyValidator {
  public:
    // `rest` outlives it.
    explicit KrakenKeyValidator(Rest& rest) : rest_(rest) {}

    // `exchange` is "kraken".
    boost::asio::awaitable<Result<ports::KeyFindings>> validate(std::string exchange,
                                                                const Secret& key,
                                                                const Secret& secret,
                                                                Duration limit) override;

  private:
    Rest& rest_;
};

// Of the result of GetApiKeyInfo for that key; without latency. Errors: NotReady.
Result<ports::KeyFindings> read_key_info(std::string_view result, const Secret& key);

}  // namespace vault::exchange::kraken
