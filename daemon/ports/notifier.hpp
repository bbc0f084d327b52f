#pragma once
// Notifier: the seam to whatever carries a message to a person or his machine: a webhook, a mail, a
// program. The notify room calls it on its own thread; a call takes at most the limit it is given.
// Errors: Io (nobody took it, or the answer was no yes), Expired (no answer in time), ConfigInvalid
// (what the target needs is not there). The message may have arrived all the same: its ids tell.
#include "common/base/hash.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::ports {

// HMAC-SHA256 of the bytes under the secret in a private file. Blocks on that file. Errors:
// NotFound, Io, StoreInvalid (others can read it, or its size is wrong).
using SignWithFile =
    std::function<Result<Digest>(const std::string& secret_file, std::string_view bytes)>;

// Where messages go. Exactly one of url, mail and command is set.
struct NotifyTarget {
    std::string name;
    std::string url{};                   // webhook: http or https
    std::string secret_file{};           // webhook: of the signature; empty: it is not signed
    std::string ca_file{};               // webhook: trusted roots; empty: those of the system
    std::string mail{};                  // an address
    std::string sendmail{};              // mail: the program that takes it
    std::vector<std::string> command{};  // hook: a program by its absolute path, and arguments
    friend bool operator==(const NotifyTarget&, const NotifyTarget&) = default;
};

// The same for machines and for people (notify/message.hpp).
struct Message {
    std::string json;  // one document
    std::string subject, text;
};

class Notifier {
  public:
    virtual ~Notifier() = default;
    virtual boost::asio::awaitable<Result<void>> deliver(NotifyTarget target, Message message,
                                                         Duration limit) = 0;
};

}  // namespace vault::ports
