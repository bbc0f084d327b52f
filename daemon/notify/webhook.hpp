#pragma once
// Webhook: tells a target by POSTing the document to its URL, signed with the target's secret:
//   Vault-Timestamp: seconds since 1970
//   Vault-Signature: v1=hex(HMAC-SHA256(secret, timestamp + "." + body))
// Any status from 200 to 299 is a yes. The secret is read anew for each message and never here: the
// secrets room signs. Owned by the App; the Service's thread.
#include "daemon/ports/notifier.hpp"

namespace vault {
class Clock;
}

namespace vault::notify {

class Webhook final : public ports::Notifier {
  public:
    Webhook(ports::SignWithFile sign, const Clock& clock) : sign_(std::move(sign)), clock_(clock) {}
    boost::asio::awaitable<Result<void>> deliver(ports::NotifyTarget target, ports::Message message,
                                                 Duration limit) override;

  private:
    ports::SignWithFile sign_;
    const Clock& clock_;
};

}  // namespace vault::notify
