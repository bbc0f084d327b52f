// Bytes -> a connection. Whatever is sent: the session ends, writes whole lines only, answers every
// complete request once, never with a fault of ours, and leaves books that prove.
#include "common/base/check.hpp"
#include "common/protocol/framing.hpp"
#include "common/protocol/messages.hpp"
#include "tests/fuzz/entries.hpp"
#include "tests/fuzz/small_daemon.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace vault::fuzz {
namespace {

using protocol::LineSplitter;

struct Replies {
    std::vector<std::string> ids;  // as JSON, sorted
    bool greeted = false;
};

bool is_fault_of_ours(const protocol::Failure& failure) {
    const protocol::ErrorRow* row = protocol::find_error(failure.code);
    VAULT_CHECK(row != nullptr, "a refusal's code is in the table");
    return row->errc == Errc::Internal || row->errc == Errc::InvariantBroken ||
           row->errc == Errc::StoreInvalid || row->errc == Errc::StoreFailed;
}

Replies read_replies(std::string_view came) {
    Replies replies;
    while (!came.empty()) {
        const std::size_t end = came.find('\n');
        VAULT_CHECK(end != std::string_view::npos, "every reply ends with a line feed");
        const auto notice = protocol::decode_notification(came.substr(0, end));
        if (notice && notice.value()) {  // only who was greeted can have opened a subscription
            VAULT_CHECK(replies.greeted, "nothing is told before hello");
            came.remove_prefix(end + 1);
            continue;
        }
        const auto reply = protocol::decode_reply(came.substr(0, end));
        VAULT_CHECK(reply.has_value(), "every reply is well formed");
        if (const auto& failure = reply.value().failure) {
            VAULT_CHECK(!failure->message.empty() && !failure->hint.empty(), "a refusal says why");
            VAULT_CHECK(!is_fault_of_ours(*failure), "no input is answered by a fault of ours");
        } else if (replies.ids.empty()) {
            replies.greeted = true;
        }
        replies.ids.push_back(protocol::to_compact(reply.value().id));
        came.remove_prefix(end + 1);
    }
    std::ranges::sort(replies.ids);
    return replies;
}

// The ids that must be answered: of every line until the first that ends the connection.
std::vector<std::string> expected_ids(std::string_view bytes, bool greeted) {
    LineSplitter splitter(kFrameMax);
    splitter.feed(bytes);
    std::vector<std::string> ids;
    while (const auto line = splitter.next()) {
        ids.push_back(protocol::to_compact(protocol::decode_request(*line).id));
        if (!greeted) return ids;  // the first line was no hello: nothing after it counts
    }
    if (splitter.fault() != LineSplitter::Fault::None || splitter.pending() > 0)
        ids.emplace_back("null");
    std::ranges::sort(ids);
    return ids;
}

constexpr std::string_view kHello =
    R"({"jsonrpc":"2.0","id":"h","method":"hello","params":{"protocol":{"min":1,"max":1}}})"
    "\n";

// How the peer behaves, and whether it greets well before it sends the input.
struct Play {
    Manner manner;
    bool greets = true;
};

Play play_of(unsigned char choice) {
    Play play;
    const unsigned kind = choice % 8;
    play.greets = kind != 0;
    play.manner.allowed = kind != 5;
    if (kind == 6) play.manner.seat = control::Seat::Reserved;
    play.manner.hangs_up = kind == 7;
    play.manner.first_part = choice / 8U * 24U;
    return play;
}

// Made anew only after an input that changed something: most do not.
std::unique_ptr<SmallDaemon>& spare() {
    static std::unique_ptr<SmallDaemon> kept;
    return kept;
}

std::unique_ptr<SmallDaemon> fresh_daemon() {
    static constexpr UtcTime kStart{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
    static simulation::VirtualClock clock(kStart, std::chrono::microseconds{100});
    static const store::MemoryStore& books = prepared_books(clock);
    static const simulation::VirtualClock prepared_at = clock;
    if (spare() != nullptr) return std::move(spare());
    clock = prepared_at;
    return std::make_unique<SmallDaemon>(clock, books);
}

}  // namespace

// The first byte says how the peer behaves and where it stops to wait for answers.
void session(std::string_view bytes) {
    if (bytes.empty()) return;
    const Play play = play_of(static_cast<unsigned char>(bytes[0]));
    std::string sent(play.greets ? kHello : std::string_view());
    sent += bytes.substr(1);
    std::unique_ptr<SmallDaemon> daemon = fresh_daemon();
    const Replies replies = read_replies(daemon->converse(sent, play.manner));
    if (!play.manner.allowed) {
        VAULT_CHECK(replies.ids == std::vector<std::string>{"null"}, "a stranger is told so, once");
    } else if (!play.manner.hangs_up) {
        VAULT_CHECK(replies.ids == expected_ids(sent, replies.greeted),
                    "every complete request is answered once");
    }
    if (daemon->changed()) {
        VAULT_CHECK(daemon->books().prove().has_value(), "the books prove");
    } else {
        spare() = std::move(daemon);
    }
}

}  // namespace vault::fuzz
