#pragma once
// Hook: tells a target by running the operator's own program, which reads the JSON document on
// standard input and ends with 0 for a yes. Owned by the App; the Service's thread.
#include "daemon/ports/hook_runner.hpp"
#include "daemon/ports/notifier.hpp"

namespace vault::notify {

class Hook final : public ports::Notifier {
  public:
    explicit Hook(ports::HookRunner& runner) : runner_(runner) {}
    boost::asio::awaitable<Result<void>> deliver(ports::NotifyTarget target, ports::Message message,
                                                 Duration limit) override;

  private:
    ports::HookRunner& runner_;
};

}  // namespace vault::notify
