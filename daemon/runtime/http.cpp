#include "daemon/runtime/http.hpp"

#include "common/base/check.hpp"
#include "daemon/runtime/deadline.hpp"
#include "daemon/runtime/wire.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace vault::runtime {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Message = http::request<http::string_body>;
using Parser = http::response_parser<http::string_body>;

constexpr std::uint32_t kHeaderMost = 64 * 1024;
constexpr std::size_t kBufferMost = 2 * kHeaderMost;  // what was read and is not understood yet
constexpr std::size_t kFieldMost = 32 * 1024;         // of a request; Beast throws at 64 KiB
constexpr int kAnswersMost = 6;                       // with those that say that one follows
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

bool is_of_token(char c) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_of_token);
}

bool is_of_value(char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f);
}

bool is_of_target(char c) {
    return c > ' ' && c < 0x7f;
}

// Whatever could end a line early, and with it make another request of this one. The value is not
// told: it may be a secret.
Result<void> check(const HttpRequest& request) {
    if (!is_token(request.method))
        return Error{Errc::InvalidParams, "the method of an HTTP request is no word"};
    if (!request.target.starts_with('/') || !std::ranges::all_of(request.target, is_of_target))
        return Error{Errc::InvalidParams, "the target of an HTTP request is no path"};
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name))
            return Error{Errc::InvalidParams, "the name of an HTTP header is no word"};
        if (name.size() + value.size() > kFieldMost)
            return Error{Errc::InvalidParams, "an HTTP header is too long"};
        if (!std::ranges::all_of(value, is_of_value))
            return Error{Errc::InvalidParams,
                         fmt::format("the HTTP header {} has characters that end it", name)};
    }
    return success();
}

Message make_message(const Url& origin, HttpRequest from) {
    Message out;
    out.version(11);
    out.method_string(from.method);
    out.target(from.target);
    out.set(http::field::host, origin.authority());
    out.set(http::field::user_agent, kUserAgent);
    for (const auto& [name, value] : from.headers)
        out.set(name, value);
    out.body() = std::move(from.body);
    out.prepare_payload();
    return out;
}

std::string lower_case(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

HttpAnswer make_answer(http::response<http::string_body> from) {
    HttpAnswer out{.status = from.result_int(), .reason = std::string{from.reason()}};
    for (const auto& field : from)
        out.headers.emplace_back(lower_case(field.name_string()), std::string{field.value()});
    out.body = std::move(from.body());
    return out;
}

}  // namespace

const std::string* HttpAnswer::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return &value;
    return nullptr;
}

class HttpConnection::State {
  public:
    explicit State(HttpPlace place) : place_(std::move(place)) {}
    const HttpPlace& place() const { return place_; }
    bool sent() const { return sent_; }
    // On the connection that is there if it is still good, else on a new one.
    asio::awaitable<Result<HttpAnswer>> exchange(HttpRequest request);

    // A call from its begin to its end, whichever way it ends.
    class Call {
      public:
        explicit Call(State& state) : state_(state) {
            VAULT_CHECK(!state_.busy_, "an HTTP connection takes one call at a time");
            state_.busy_ = true;
            state_.sent_ = false;
        }
        ~Call() {
            state_.busy_ = false;
            if (!answered_) state_.wire_.reset();
        }
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;
        void answered() { answered_ = true; }

      private:
        State& state_;
        bool answered_ = false;
    };

  private:
    bool is_good();
    asio::awaitable<Result<HttpAnswer>> read_answer(bool keep);
    void settle(bool keep);

    HttpPlace place_;
    std::unique_ptr<Wire> wire_;
    // Set when a connection is kept, never waited for: its expiry is when that is too old.
    std::optional<asio::steady_timer> idle_;
    bool busy_ = false;
    bool sent_ = false;
};

bool HttpConnection::State::is_good() {
    if (!wire_ || !idle_) return false;
    const asio::steady_timer moment{wire_->get_executor(), Duration::zero()};
    return moment.expiry() < idle_->expiry() && wire_->quiet();
}

void HttpConnection::State::settle(bool keep) {
    if (keep)
        idle_.emplace(wire_->get_executor(), place_.idle_most);
    else
        wire_.reset();
}

asio::awaitable<Result<HttpAnswer>> HttpConnection::State::exchange(HttpRequest request) {
    if (!is_good()) {
        wire_.reset();
        auto opening = Wire::open(place_.origin, place_.ca_file);
        VAULT_CO_TRY(wire_, co_await std::move(opening));
    }
    idle_.reset();
    const Message message = make_message(place_.origin, std::move(request));
    sent_ = true;
    const auto [unsent, written] = co_await http::async_write(*wire_, message, kAwait);
    if (unsent) co_return failed(place_.origin, "sending", unsent);
    auto reading = read_answer(message.keep_alive());
    co_return co_await std::move(reading);
}

asio::awaitable<Result<HttpAnswer>> HttpConnection::State::read_answer(bool keep) {
    beast::flat_buffer buffer{kBufferMost};
    for (int answers = 0; answers < kAnswersMost; ++answers) {
        Parser parser;
        parser.header_limit(kHeaderMost);
        parser.body_limit(boost::none);
        if (place_.body_most > 0) parser.body_limit(place_.body_most);
        const auto [none, got] = co_await http::async_read_header(*wire_, buffer, parser, kAwait);
        if (none) co_return failed(place_.origin, "its answer", none);
        if (parser.get().result_int() < 200) continue;  // 100 Continue: the answer follows
        if (place_.body_most > 0) {
            const auto [cut, more] = co_await http::async_read(*wire_, buffer, parser, kAwait);
            if (cut) co_return failed(place_.origin, "its answer", cut);
        }
        settle(keep && parser.is_done() && parser.keep_alive() && buffer.size() == 0);
        co_return make_answer(parser.release());
    }
    co_return Error{Errc::Io, fmt::format("{}: no final answer", place_.origin.origin())};
}

HttpConnection::HttpConnection(HttpPlace place)
    : state_(std::make_unique<State>(std::move(place))) {}

HttpConnection::~HttpConnection() = default;

asio::awaitable<HttpResult> HttpConnection::send(HttpRequest request, Duration limit) {
    if (const Result<void> checked = check(request); !checked)
        co_return HttpFailure{checked.error(), false};
    State::Call call{*state_};
    auto exchanging = state_->exchange(std::move(request));
    auto bounded = with_deadline(std::move(exchanging), limit, state_->place().origin.origin());
    Result<HttpAnswer> answer = co_await std::move(bounded);
    if (!answer) co_return HttpFailure{answer.error(), state_->sent()};
    call.answered();
    co_return std::move(answer).value();
}

}  // namespace vault::runtime
