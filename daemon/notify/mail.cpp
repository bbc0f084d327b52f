#include "daemon/notify/mail.hpp"

#include "common/base/clock.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace vault::notify {
namespace {

constexpr std::size_t kSubjectMost = 120;
constexpr std::size_t kWidth = 78;  // RFC 5322, 2.1.1

// A subject is one line of ASCII: what is longer or other is in the text.
std::string subject_of(std::string subject) {
    if (subject.size() > kSubjectMost) subject.resize(kSubjectMost);
    std::ranges::replace_if(
        subject, [](char c) { return c < ' ' || c > '~'; }, '?');
    return subject;
}

// One paragraph, broken between words.
void append_wrapped(std::string& out, std::string_view line) {
    while (line.size() > kWidth) {
        std::size_t end = line.rfind(' ', kWidth);
        if (end == std::string_view::npos || line.find_first_not_of(' ') > end)
            end = line.find(' ', kWidth);
        if (end == std::string_view::npos) break;
        out.append(line.substr(0, end)).append("\n");
        line.remove_prefix(end + 1);
    }
    out.append(line).append("\n");
}

}  // namespace

std::string mail_text(const std::string& to, const ports::Message& message, UtcTime now) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
    std::string out = fmt::format(
        "To: {}\n"
        "Subject: {}\n"
        "Date: {:%a, %d %b %Y %H:%M:%S} +0000\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n"
        "Auto-Submitted: auto-generated\n\n",
        to, subject_of(message.subject), seconds);
    std::string_view text = message.text;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        append_wrapped(out, text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

boost::asio::awaitable<Result<void>> Mail::deliver(ports::NotifyTarget target,
                                                   ports::Message message, Duration limit) {
    // -i: a line of one dot is no end. The address is no option, whatever it looks like.
    ports::HookCall call{{target.sendmail, "-i", "--", target.mail},
                         mail_text(target.mail, message, clock_.now()),
                         limit};
    auto running = runner_.run(std::move(call));
    co_return co_await std::move(running);
}

}  // namespace vault::notify
