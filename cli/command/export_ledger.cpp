#include "cli/command/atomic_file.hpp"
#include "cli/command/session.hpp"

#include <boost/json/array.hpp>

namespace vault::command {
namespace {

constexpr std::int64_t kPage = 1000;

struct Page {
    std::string text;
    std::optional<std::int64_t> next;  // absent after the last page
};

Result<Page> read_page(const json::value& data, std::int64_t from) {
    const Error broken{Errc::Internal, "the daemon's page of the ledger is not understood"};
    const auto* object = data.if_object();
    const auto* lines = object == nullptr ? nullptr : object->if_contains("lines");
    if (lines == nullptr || !lines->is_array()) return broken;
    Page page;
    for (const auto& line : lines->get_array()) {
        if (!line.is_string()) return broken;
        page.text.append(line.get_string().data(), line.get_string().size());
        page.text += '\n';
    }
    const auto* next = object->if_contains("next_seq");
    if (next == nullptr || next->is_null()) return page;
    // A page that leads nowhere would be asked for again for ever.
    if (!next->is_int64() || next->get_int64() <= from) return broken;
    page.next = next->get_int64();
    return page;
}

}  // namespace

int export_ledger(Session& session) {
    const Invocation& asked = session.invocation();
    std::optional<AtomicFile> file;
    if (const std::string out = session.out_path(); !out.empty()) {
        file.emplace(out);
        if (const auto opened = file->open(); !opened) return session.fail(opened.error());
    }
    json::object params = asked.params;
    params["limit"] = kPage;
    if (!params.contains("from_seq")) params["from_seq"] = 1;
    for (;;) {
        const auto reply = session.call_in_turn("ledger.export", params, false);
        if (reply.failure) return session.fail(*reply.failure);
        const auto page = read_page(reply.data, params.at("from_seq").to_number<std::int64_t>());
        if (!page) return session.fail(page.error());
        if (!file) {
            const int printed = session.print(page.value().text);
            if (printed != 0) return printed;
        } else if (const auto kept = file->write(page.value().text); !kept) {
            return session.fail(kept.error());
        }
        if (!page.value().next) break;
        params["from_seq"] = *page.value().next;
    }
    if (!file) return protocol::exits::kDone;
    if (const auto finished = file->finish(); !finished) return session.fail(finished.error());
    return protocol::exits::kDone;
}

}  // namespace vault::command
