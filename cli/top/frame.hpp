#pragma once
// One picture of the screen: a document, what the person looks at, and a size, as lines. A frame
// has exactly the canvas's lines of exactly its cells, so that nothing of the picture before shows
// through and nothing wraps. Pure; any thread; cannot fail.
#include "cli/top/line.hpp"
#include "cli/top/model.hpp"
#include "common/base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace vault::top {

// How things stand with the daemon.
struct Link {
    enum class State { Live, Lost };
    State state = State::Live;
    std::string why;    // lost: the last attempt's error; live: what the daemon refused, or empty
    Duration silent{};  // since the last document
};

// Per second.
struct Rates {
    std::optional<double> ticks, evaluations, commits, calls;
};

struct Picture {
    const json::object* document = nullptr;  // null: none yet
    Rates rates;
    Link link;
    Duration interval{1000};
};

struct Canvas {
    int width = 80, height = 24;
    bool ascii = false;  // the locale has no other characters
    bool still = false;  // printed, not on a screen: no keys, no chosen row
};

inline constexpr int kLeastWidth = 40, kLeastHeight = 10;

std::vector<Line> draw(const Picture& picture, const ViewState& state, const Canvas& canvas);

// A key may have scrolled past the end of a text; the next one shall not have to come back from
// there.
void hold_in_place(ViewState& state, const Picture& picture, const Canvas& canvas);

// Rows of the page that a canvas has room for.
std::size_t room_for_rows(const Canvas& canvas);

}  // namespace vault::top
