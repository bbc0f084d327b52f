#include "cli/command/session.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace vault::command {
namespace {

constexpr std::int64_t kPage = 1000;

// A file that appears under its name only when it is whole and on the disk. A symbolic link stays
// one: what it leads to is written. A device or a pipe is written as it stands, never replaced.
class AtomicFile {
  public:
    explicit AtomicFile(std::string path) : path_(std::move(path)) {}
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile() {
        if (fd_ < 0) return;
        ::close(fd_);
        if (!part_.empty()) ::unlink(part_.c_str());
    }

    Result<void> open() {
        struct stat there {};
        const bool exists = ::stat(path_.c_str(), &there) == 0;
        if (exists && !S_ISREG(there.st_mode)) {
            fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
            return fd_ < 0 ? Result<void>(fault()) : success();
        }
        if (exists) {
            const std::unique_ptr<char, decltype(&std::free)> real(
                ::realpath(path_.c_str(), nullptr), &std::free);
            if (!real) return fault();
            path_ = real.get();
        }
        part_ = fmt::format("{}.part-{}", path_, ::getpid());
        fd_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        return fd_ < 0 ? Result<void>(fault()) : success();
    }
    Result<void> write(std::string_view text) {
        while (!text.empty()) {
            const auto written = ::write(fd_, text.data(), text.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return fault();
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        return success();
    }
    Result<void> finish() {
        if (part_.empty())
            return ::close(std::exchange(fd_, -1)) == 0 ? success() : Result<void>(fault());
        if (::fsync(fd_) != 0 || std::rename(part_.c_str(), path_.c_str()) != 0) return fault();
        ::close(fd_);
        fd_ = -1;
        const auto slash = path_.find_last_of('/');
        const std::string folder = slash == 0 ? "/" : path_.substr(0, slash);
        const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const bool kept = directory >= 0 && ::fsync(directory) == 0;
        if (directory >= 0) ::close(directory);
        return kept ? success() : Result<void>(fault());
    }

  private:
    Error fault() const {
        return Error{Errc::Io, fmt::format("{}: {}", path_, std::strerror(errno)), "out",
                     "choose a file in a folder that you can write to"};
    }
    std::string path_;
    std::string part_;  // empty: path_ itself is written
    int fd_ = -1;
};

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
    if (const auto* out = asked.local.if_contains("out")) {
        file.emplace(std::string(out->get_string()));
        if (const auto opened = file->open(); !opened) return session.fail(opened.error());
    }
    json::object params = asked.params;
    params["limit"] = kPage;
    if (!params.contains("from_seq")) params["from_seq"] = 1;
    for (;;) {
        const auto reply = session.call("ledger.export", params, false);
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
