/* A C node made with erl_interface.
 *
 *   node dial NAME COOKIE PEER    connects to PEER and talks to the processes of an interop node
 *   node listen NAME COOKIE       is connected to, and answers what it is sent until it gets `stop`
 *
 * It prints one line for each thing that happens; its environment has ERL_EPMD_PORT. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "ei.h"

#define PATIENCE_MS 20000

static ei_cnode node;

static void fail(const char *what)
{
    printf("failed: %s, erl_errno %d\n", what, erl_errno);
    exit(1);
}

static void show(const char *what, const char *term, int index)
{
    char *text = NULL;
    if (ei_s_print_term(&text, term, &index) < 0)
        fail("print");
    printf("%s %s\n", what, text);
    fflush(stdout);
    free(text);
}

static void init(const char *name, const char *cookie)
{
    char alive[256];
    struct in_addr loopback = {htonl(INADDR_LOOPBACK)};
    size_t length = strcspn(name, "@");
    if (ei_init() != 0 || length >= sizeof alive)
        fail("init");
    memcpy(alive, name, length);
    alive[length] = 0;
    if (ei_connect_xinit(&node, "127.0.0.1", alive, name, &loopback, cookie, (unsigned)getpid()) < 0)
        fail("connect_xinit");
}

/* The next message, behind its version byte. Ticks are answered on the way. */
static int receive(int fd, erlang_msg *message, ei_x_buff *buffer)
{
    for (;;) {
        buffer->index = 0;
        int got = ei_xreceive_msg_tmo(fd, message, buffer, PATIENCE_MS);
        if (got == ERL_TICK)
            continue;
        if (got == ERL_ERROR)
            return -1;
        return (int)message->msgtype;
    }
}

static void expect_message(int fd, const char *what)
{
    erlang_msg message;
    ei_x_buff buffer;
    ei_x_new(&buffer);
    int type = receive(fd, &message, &buffer);
    if (type != ERL_SEND && type != ERL_REG_SEND)
        fail(what);
    int index = 0, version;
    ei_decode_version(buffer.buff, &index, &version);
    show(what, buffer.buff, index);
    ei_x_free(&buffer);
}

/* {Self, Term} to the process `echo`, where Term is given by a format of ei. */
static void echo(int fd, const char *what, ei_x_buff *term)
{
    ei_x_buff message;
    ei_x_new_with_version(&message);
    ei_x_encode_tuple_header(&message, 2);
    ei_x_encode_pid(&message, ei_self(&node));
    ei_x_append(&message, term);
    if (ei_reg_send(&node, fd, "echo", message.buff, message.index) < 0)
        fail("reg_send");
    expect_message(fd, what);
    ei_x_free(&message);
    ei_x_free(term);
}

static void echo_terms(int fd)
{
    ei_x_buff term;
    ei_x_new(&term);
    ei_x_format_wo_ver(&term, "{~a,~s,~i,~f,[~i,~i],[]}", "atom", "string", 42, 1.5, 1000, 2000);
    echo(fd, "echo", &term);
    ei_x_new(&term);
    ei_x_encode_map_header(&term, 1);
    ei_x_encode_atom(&term, "key");
    ei_x_encode_list_header(&term, 1);
    ei_x_encode_longlong(&term, -5000000000LL);
    ei_x_encode_atom(&term, "tail");
    echo(fd, "echo", &term);
    ei_x_new(&term);
    long size = 300000;
    char *large = calloc(1, size);
    ei_x_encode_binary(&term, large, size);
    free(large);
    ei_x_buff message;
    ei_x_new_with_version(&message);
    ei_x_encode_tuple_header(&message, 2);
    ei_x_encode_pid(&message, ei_self(&node));
    ei_x_append(&message, &term);
    ei_reg_send(&node, fd, "echo", message.buff, message.index);
    erlang_msg from;
    ei_x_buff buffer;
    ei_x_new(&buffer);
    receive(fd, &from, &buffer);
    int index = 0, version, arity, type, length = 0;
    char tag[MAXATOMLEN];
    ei_decode_version(buffer.buff, &index, &version);
    ei_decode_tuple_header(buffer.buff, &index, &arity);
    ei_decode_atom(buffer.buff, &index, tag);
    ei_get_type(buffer.buff, &index, &type, &length);
    printf("large %s %d\n", tag, length);
}

/* gen_server:call with a plain reference as the tag. */
static void call(int fd, const char *name, const char *request)
{
    erlang_ref tag;
    ei_x_buff message;
    ei_make_ref(&node, &tag);
    ei_x_new_with_version(&message);
    ei_x_encode_tuple_header(&message, 3);
    ei_x_encode_atom(&message, "$gen_call");
    ei_x_encode_tuple_header(&message, 2);
    ei_x_encode_pid(&message, ei_self(&node));
    ei_x_encode_ref(&message, &tag);
    ei_x_buff term;
    ei_x_new(&term);
    ei_x_format_wo_ver(&term, request);
    ei_x_append(&message, &term);
    if (ei_reg_send(&node, fd, (char *)name, message.buff, message.index) < 0)
        fail("call");
    erlang_msg from;
    ei_x_buff buffer;
    ei_x_new(&buffer);
    receive(fd, &from, &buffer);
    int index = 0, version, arity;
    erlang_ref got;
    ei_decode_version(buffer.buff, &index, &version);
    ei_decode_tuple_header(buffer.buff, &index, &arity);
    if (ei_decode_ref(buffer.buff, &index, &got) < 0 || ei_cmp_refs(&got, &tag) != 0)
        fail("the tag of a reply");
    show("reply", buffer.buff, index);
}

static void rpc(int fd, const char *function, const char *arguments)
{
    ei_x_buff in, out;
    ei_x_new(&in);
    ei_x_new(&out);
    ei_x_format_wo_ver(&in, arguments);
    if (ei_rpc(&node, fd, "interop", (char *)function, in.buff, in.index, &out) < 0)
        fail("rpc");
    int index = 0;
    show("rpc", out.buff, index);
}

static void dial(const char *peer)
{
    int fd = ei_connect_tmo(&node, (char *)peer, PATIENCE_MS);
    if (fd < 0)
        fail("connect");
    printf("connected\n");
    echo_terms(fd);
    call(fd, "counter", "{add,5}");
    call(fd, "counter", "get");
    call(fd, "counter", "nonsense");
    rpc(fd, "add", "[1,2]");
    rpc(fd, "fail", "[oops]");
    /* A pid of ours travels: whoever gets it can send to us and link to us. */
    ei_x_buff message;
    ei_x_new_with_version(&message);
    ei_x_encode_tuple_header(&message, 3);
    ei_x_encode_atom(&message, "send");
    ei_x_encode_pid(&message, ei_self(&node));
    ei_x_encode_atom(&message, "from_relay");
    ei_reg_send(&node, fd, "relay", message.buff, message.index);
    expect_message(fd, "relayed");
    printf("done\n");
    close(fd);
}

static void listen_for_one(void)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(socket_fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(socket_fd, 5) < 0)
        fail("listen");
    getsockname(socket_fd, (struct sockaddr *)&address, &length);
    int epmd = ei_publish(&node, ntohs(address.sin_port));
    if (epmd < 0)
        fail("publish");
    printf("listening\n");
    fflush(stdout);
    ErlConnect peer;
    int fd = ei_accept_tmo(&node, socket_fd, &peer, PATIENCE_MS);
    if (fd < 0)
        fail("accept");
    printf("accepted %s\n", peer.nodename);
    fflush(stdout);
    for (;;) {
        erlang_msg from;
        ei_x_buff buffer;
        ei_x_new(&buffer);
        int type = receive(fd, &from, &buffer);
        if (type < 0)
            break;
        if (type != ERL_SEND && type != ERL_REG_SEND) {
            printf("signal %d\n", type);
            fflush(stdout);
            continue;
        }
        int index = 0, version, arity;
        char atom[MAXATOMLEN];
        erlang_pid caller;
        ei_decode_version(buffer.buff, &index, &version);
        show("got", buffer.buff, index);
        int begin = index;
        if (ei_decode_atom(buffer.buff, &index, atom) == 0 && strcmp(atom, "stop") == 0)
            break;
        /* {'$gen_call', {From, Tag}, Request}: the answer is {Tag, {c, Request}}. */
        index = begin;
        if (ei_decode_tuple_header(buffer.buff, &index, &arity) < 0 || arity != 3 || ei_decode_atom(buffer.buff, &index, atom) < 0
            || strcmp(atom, "$gen_call") != 0 || ei_decode_tuple_header(buffer.buff, &index, &arity) < 0
            || ei_decode_pid(buffer.buff, &index, &caller) < 0)
            continue;
        int tag = index;
        ei_skip_term(buffer.buff, &index);
        int request = index;
        ei_skip_term(buffer.buff, &index);
        ei_x_buff reply;
        ei_x_new_with_version(&reply);
        ei_x_encode_tuple_header(&reply, 2);
        ei_x_append_buf(&reply, buffer.buff + tag, request - tag);
        ei_x_encode_tuple_header(&reply, 2);
        ei_x_encode_atom(&reply, "c");
        ei_x_append_buf(&reply, buffer.buff + request, index - request);
        if (ei_send(fd, &caller, reply.buff, reply.index) < 0)
            fail("send");
    }
    close(fd);
    printf("done\n");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 5 && strcmp(argv[1], "dial") == 0) {
        init(argv[2], argv[3]);
        dial(argv[4]);
    } else if (argc == 4 && strcmp(argv[1], "listen") == 0) {
        init(argv[2], argv[3]);
        listen_for_one();
    } else {
        return 2;
    }
    return 0;
}
