#pragma once
// Ways: the Notifier of all targets: hands each message to the notifier of its target's way. Owned
// by the App; the Service's thread.
#include "daemon/ports/notifier.hpp"

namespace vault::notify {

class Ways final : public ports::Notifier {
  public:
    Ways(ports::Notifier& webhook, ports::Notifier& hook, ports::Notifier& mail)
        : webhook_(webhook), hook_(hook), mail_(mail) {}
    boost::asio::awaitable<Result<void>> deliver(ports::NotifyTarget target, ports::Message message,
                                                 Duration limit) override {
        ports::Notifier& way = !target.command.empty() ? hook_
                               : !target.mail.empty()  ? mail_
                                                       : webhook_;
        return way.deliver(std::move(target), std::move(message), limit);
    }

  private:
    ports::Notifier& webhook_;
    ports::Notifier& hook_;
    ports::Notifier& mail_;
};

}  // namespace vault::notify
