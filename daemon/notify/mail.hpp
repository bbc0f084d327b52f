#pragma once
// Mail: tells a target by handing a mail to the system's sendmail, which keeps and retries it: a
// yes means that the queue has it. Plain text, in UTF-8. Owned by the App; the Service's thread.
#include "daemon/ports/hook_runner.hpp"
#include "daemon/ports/notifier.hpp"

namespace vault {
class Clock;
}

namespace vault::notify {

// The mail as sendmail reads it: header, empty line, text; no line longer than 78 bytes unless a
// word is. Pure.
std::string mail_text(const std::string& to, const ports::Message& message, UtcTime now);

class Mail final : public ports::Notifier {
  public:
    // `clock` and `runner` outlive it.
    Mail(ports::HookRunner& runner, const Clock& clock) : runner_(runner), clock_(clock) {}
    boost::asio::awaitable<Result<void>> deliver(ports::NotifyTarget target, ports::Message message,
                                                 Duration limit) override;

  private:
    ports::HookRunner& runner_;
    const Clock& clock_;
};

}  // namespace vault::notify
