#pragma once
// A call of Kraken's REST interface and what comes of it: a result, or a failure that says whether
// the call may have been done. Values; any thread.
#include "common/base/secret.hpp"
#include "daemon/exchange/kraken/answer.hpp"
#include "daemon/exchange/kraken/form.hpp"
#include "daemon/exchange/kraken/meaning.hpp"
#include "daemon/exchange/kraken/methods.hpp"

namespace vault::exchange::kraken {

class [[nodiscard]] CallFailure {
  public:
    CallFailure(Error error, Outcome outcome, Remedy remedy = Remedy::None, std::string words = {})
        : error_(std::move(error)), words_(std::move(words)), outcome_(outcome), remedy_(remedy) {}

    // RateLimited (too many calls: nothing was sent, or Kraken said so), Io (not reached, or the
    // connection broke), Expired (no answer in time), NotReady (maintenance, busy, an answer that
    // makes no sense), KeyRefused, PermissionDenied and the others of kraken/meaning.hpp. For what
    // cannot be asked InvalidParams naming api_key or api_secret.
    const Error& error() const { return error_; }
    Outcome outcome() const { return outcome_; }
    Remedy remedy() const { return remedy_; }
    // Kraken's own, cut to be shown; empty: it said nothing that can be read.
    const std::string& words() const { return words_; }

  private:
    Error error_;
    std::string words_;
    Outcome outcome_;
    Remedy remedy_;
};

using CallResult = outcome::basic_result<Answer, CallFailure, outcome::policy::terminate>;

// With whose key; both outlive the call.
struct Signer {
    const Secret& key;      // as text
    const Secret& decoded;  // sign.hpp
};

struct Call {
    std::string method;              // "AssetPairs"
    Fields fields{};                 // without the nonce
    const Signer* signer = nullptr;  // none: a public call
    Method traits() const {
        return signer == nullptr ? Method{CallKind::Read, 0} : method_of(method);
    }
};

}  // namespace vault::exchange::kraken
