{
  # Linked with the librdkafka that node-rdkafka was built with, and with node-rdkafka itself, which is loaded first. All else
  # is compiled in, and hidden: Node has libraries of the same names in it, simdjson among them.
  "variables": {
    "client": "<!(node -p \"require('path').dirname(require.resolve('node-rdkafka/package.json'))\")",
    "from_build": "<!(node -p \"require('path').relative('build/Release', require('path').dirname(require.resolve('node-rdkafka/package.json')) + '/build')\")",
    "client_version": "<!(node -p \"require('node-rdkafka/package.json').version\")",
    "nan": "<!(node -p \"require('path').dirname(require.resolve('nan/package.json'))\")",
    "simdjson": "<!(node -p \"require('path').dirname(require.resolve('@nozbe/simdjson/package.json'))\")/src"
  },
  "targets": [
    {
      "target_name": "reader",
      "sources": ["reader.cc", "block.cc", "json.cc", "members.cc", "quote.cc", "splice.cc", "topics.cc", "groups.cc", "describe.cc", "log-offsets.cc", "topic-id.c", "unsupported.c", "produce.cc", "message.c"],
      "include_dirs": [
        "<(nan)", "<(client)", "<(client)/deps/librdkafka", "<(client)/deps/librdkafka/src", "<(client)/deps/librdkafka/src-cpp"
      ],
      "defines": ["READER_CLIENT_VERSION=\"<(client_version)\"", "SIMDJSON_EXCEPTIONS=0"],
      "cflags": ["-fvisibility=hidden"],
      "cflags_cc": [
        "-std=c++20", "-O3", "-fexceptions", "-fvisibility=hidden", "-fvisibility-inlines-hidden", "-isystem", "<(simdjson)",
        "-Wall", "-Wextra", "-Wno-unused-parameter", "-Wno-cast-function-type", "-Wno-ignored-qualifiers"
      ],
      "cflags_cc!": ["-fno-exceptions", "-std=gnu++17"],
      "libraries": ["<(client)/build/deps/librdkafka.so.1", "-L<(client)/build/Release", "-l:node-librdkafka.node"],
      "ldflags": [
        "-Wl,-rpath='$$ORIGIN/<(from_build)/deps:$$ORIGIN/<(from_build)/Release'",
        "-Wl,-Bsymbolic", "-Wl,--exclude-libs,ALL", "-Wl,--version-script=<(module_root_dir)/exports.map"
      ]
    }
  ]
}
