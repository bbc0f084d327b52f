#include "cli/top/live.hpp"

#include "cli/top/screen.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace vault::top {
namespace {

// An Esc that nothing follows for so long is the key; over a slow line a sequence may take a while.
constexpr SteadyTime kEscapePause = std::chrono::milliseconds{50};
constexpr SteadyTime kRedraw = std::chrono::seconds{1};  // ages on the screen go on
constexpr int kSignalBase = 128;

class Live {
  public:
    Live(const LiveOptions& options, SnapshotSource& source, json::object first, const Clock& clock,
         Screen& screen)
        : options_(options),
          source_(source),
          clock_(clock),
          screen_(screen),
          state_(options.state),
          list_(std::move(first)) {
        meter_.feed(list_);
        source_.want(wanted(state_, options_.params));
    }

    int run() {
        while (!ended_) {
            draw_picture();
            wait();
            if (!ended_) take_signals();
            if (!ended_) take_keys();
            if (!ended_) take_documents();
        }
        return code_;
    }

  private:
    void end(int code) {
        ended_ = true;
        code_ = code;
    }
    const json::object& document() const {
        const bool detail = !state_.vault.empty() && state_.vault == detail_vault_;
        return detail ? detail_ : list_;
    }
    Canvas canvas() const {
        const Screen::Size size = screen_.size();
        return {size.columns, size.rows, options_.ascii, false};
    }
    Picture picture() const;
    void draw_picture();
    void wait();
    int timeout_ms(const SnapshotSource::Watch& watch) const;
    void take_signals();
    void take_keys();
    void take_key(const Key& key);
    void take_documents();

    const LiveOptions& options_;
    SnapshotSource& source_;
    const Clock& clock_;
    Screen& screen_;
    ViewState state_;
    RateMeter meter_;
    KeyReader keys_;
    json::object list_;    // of the pages
    json::object detail_;  // of the vault that was looked at last
    std::string detail_vault_;
    std::array<pollfd, 3> polled_{};
    std::optional<SteadyTime> escape_until_;
    SteadyTime drawn_at_{};
    bool ended_ = false;
    int code_ = 0;
};

Picture Live::picture() const {
    return {&document(), meter_.rates(), source_.link(), options_.interval};
}

void Live::draw_picture() {
    std::vector<std::string> lines;
    for (const Line& line : draw(picture(), state_, canvas()))
        lines.push_back(painted_text(line, options_.decorated));
    drawn_at_ = clock_.steady();
    if (!screen_.show(lines)) end(kSignalBase + SIGHUP);
}

int Live::timeout_ms(const SnapshotSource::Watch& watch) const {
    SteadyTime until = drawn_at_ + kRedraw;
    if (watch.until) until = std::min(until, *watch.until);
    if (escape_until_) until = std::min(until, *escape_until_);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock_.steady());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

void Live::wait() {
    const SnapshotSource::Watch watch = source_.watch();
    polled_ = {pollfd{screen_.in(), POLLIN, 0}, pollfd{screen_.signals(), POLLIN, 0},
               pollfd{watch.fd, watch.events, 0}};
    if (::poll(polled_.data(), polled_.size(), timeout_ms(watch)) < 0)
        for (pollfd& one : polled_)
            one.revents = 0;
    source_.turn();
}

void Live::take_signals() {
    while (const auto number = screen_.next_signal()) {
        switch (*number) {
            case SIGTSTP: screen_.stop(); break;
            case SIGCONT:
            case SIGWINCH: screen_.forget(); break;
            case SIGINT:
            case SIGTERM:
            case SIGHUP:
            case SIGQUIT: return end(kSignalBase + *number);
        }
    }
}

void Live::take_keys() {
    if ((polled_[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
        std::array<char, 1024> bytes;
        const auto got = ::read(screen_.in(), bytes.data(), bytes.size());
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
            return end(kSignalBase + SIGHUP);  // nobody sits there any more
        if (got > 0) keys_.feed({bytes.data(), static_cast<std::size_t>(got)});
        escape_until_.reset();
    }
    if (escape_until_ && clock_.steady() >= *escape_until_) {
        keys_.settle();
        escape_until_.reset();
    }
    while (const auto key = keys_.next()) {
        take_key(*key);
        if (ended_) return;
        hold_in_place(state_, picture(), canvas());
    }
    if (keys_.waits() && !escape_until_) escape_until_ = clock_.steady() + kEscapePause;
}

void Live::take_key(const Key& key) {
    const Rows rows = shown_rows(list_, state_);
    switch (press(state_, key, rows, room_for_rows(canvas()))) {
        case Step::Nothing:
        case Step::Redraw: return;
        case Step::Quit: return end(0);
        case Step::Ask:
            source_.hold(state_.frozen);
            source_.want(wanted(state_, options_.params));
            return;
    }
}

void Live::take_documents() {
    auto snapshot = source_.take();
    if (!snapshot || state_.frozen) return;
    meter_.feed(snapshot->document);
    // A vault's document says nothing of the others: the list is kept for the way back.
    const std::string vault(word_at(snapshot->asked, "vault"));
    if (!vault.empty() && vault == state_.vault) {
        detail_ = std::move(snapshot->document);
        detail_vault_ = vault;
    } else if (snapshot->asked == wanted(state_, options_.params)) {
        list_ = std::move(snapshot->document);
    }
}

}  // namespace

Result<int> run_live(const LiveOptions& options, SnapshotSource& source, json::object first,
                     const Clock& clock) {
    VAULT_TRY(const auto screen, Screen::open(STDIN_FILENO, STDOUT_FILENO));
    return Live(options, source, std::move(first), clock, *screen).run();
}

}  // namespace vault::top
