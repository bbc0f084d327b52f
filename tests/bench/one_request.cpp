// The least that a program can do to ask the daemon for its status: one connection, hello and the
// request in one go, both replies read, the second printed. Linked statically; the baseline of what
// `vaultctl status` costs. Arguments: the socket's path, the file that holds the caller's token.
#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char** argv) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (argc != 3 || std::strlen(argv[1]) >= sizeof address.sun_path) return 64;
    std::strcpy(address.sun_path, argv[1]);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 69;
    std::string token(128, '\0');
    const int file = ::open(argv[2], O_RDONLY | O_CLOEXEC);
    const ssize_t letters = file < 0 ? -1 : ::read(file, token.data(), token.size());
    if (letters <= 0) return 66;
    token.resize(static_cast<std::size_t>(letters));
    const std::string lines =
        R"({"jsonrpc":"2.0","id":0,"method":"hello","params":{"protocol":{"min":1,"max":1}}})"
        "\n"
        R"({"jsonrpc":"2.0","id":1,"method":"status","params":{},"meta":{"token":")" +
        token + "\"}}\n";
    if (::write(fd, lines.data(), lines.size()) != static_cast<ssize_t>(lines.size())) return 74;
    std::string replies(1U << 16, '\0');
    std::size_t filled = 0;
    while (std::count(replies.begin(), replies.begin() + static_cast<long>(filled), '\n') < 2) {
        const ssize_t got = ::read(fd, replies.data() + filled, replies.size() - filled);
        if (got <= 0) return 74;
        filled += static_cast<std::size_t>(got);
    }
    const std::size_t second = replies.find('\n') + 1;
    return ::write(STDOUT_FILENO, replies.data() + second, filled - second) > 0 ? 0 : 74;
}
