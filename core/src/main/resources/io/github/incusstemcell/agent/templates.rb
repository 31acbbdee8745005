# Renders the templates of BOSH jobs as a director does: what templates may call, and what comes of it, is that of its
# Bosh::Common::Template. Called by Templates.java, with JSON and for JSON.
require 'erb'
require 'json'
require 'ostruct'
require 'shellwords'
require 'yaml'

# Templates use the little of ActiveSupport that a director happens to have loaded.
class Object
  def blank?
    respond_to?(:empty?) ? !!empty? : !self
  end

  def present?
    !blank?
  end

  def presence
    self if present?
  end
end

class String
  def blank?
    strip.empty?
  end
end

module Templates
  class UnknownProperty < StandardError
    def initialize(names)
      super("Can't find property '#{names.join("' or '")}'")
    end
  end

  class UnknownLink < StandardError
    def initialize(name)
      super("Can't find link '#{name}'")
    end
  end

  def self.lookup(collection, name)
    name.split('.').reduce(collection) do |found, key|
      return nil if found.nil?

      found[key]
    end
  end

  # p, if_p and what follows them, for whatever has properties.
  module Properties
    def p(*args)
      names = Array(args[0])
      names.each do |name|
        value = Templates.lookup(raw_properties, name)
        return value unless value.nil?
      end
      return args[1] if args.length == 2

      raise UnknownProperty, names
    end

    def if_p(*names)
      values = names.map { |name| Templates.lookup(raw_properties, name) }
      return Otherwise.new(self) if values.any?(&:nil?)

      yield(*values)
      Done.new
    end
  end

  # Behind a condition that did not hold.
  class Otherwise
    def initialize(context)
      @context = context
    end

    def else
      yield
    end

    def else_if_p(*names, &block)
      @context.if_p(*names, &block)
    end

    def else_if_link(name, &block)
      @context.if_link(name, &block)
    end
  end

  # Behind one that did.
  class Done
    def else; end

    def else_if_p(*_names)
      self
    end

    def else_if_link(_name)
      self
    end
  end

  class LinkInstance
    include Properties
    attr_reader :name, :index, :id, :az, :address, :bootstrap, :properties

    def initialize(instance)
      %w[name index id az address bootstrap properties].each { |key| instance_variable_set("@#{key}", instance[key]) }
    end

    def raw_properties
      @properties
    end
  end

  class Link
    include Properties
    attr_reader :instances, :properties

    def initialize(link)
      @instances = link['instances'].map { |instance| LinkInstance.new(instance) }
      @properties = link['properties']
    end

    def raw_properties
      @properties
    end

    # Without a director there is no DNS of its own: the address of the first instance.
    def address(_criteria = {})
      @instances.first.address
    end
  end

  class Context
    include Properties
    attr_reader :name, :index, :properties, :raw_properties, :spec

    def initialize(spec)
      @name = spec['name']
      @index = spec['index']
      @raw_properties = spec['properties'] || {}
      @properties = open(@raw_properties)
      @spec = open(spec)
      @links = spec['links'] || {}
    end

    def link(name)
      raise UnknownLink, name unless @links[name]

      Link.new(@links[name])
    end

    def if_link(name)
      return Otherwise.new(self) unless @links[name]

      yield Link.new(@links[name])
      Done.new
    end

    def get_binding
      binding
    end

    private

    def open(value)
      case value
      when Hash then OpenStruct.new(value.transform_values { |each| open(each) })
      when Array then value.map { |each| open(each) }
      else value
      end
    end
  end

  # The job's own properties only, each with its default.
  def self.effective(declared, given)
    declared.each_with_object({}) do |(name, definition), properties|
      value = lookup(given, name)
      value = (definition || {})['default'] if value.nil?
      *path, last = name.split('.')
      path.reduce(properties) { |inner, key| inner[key] ||= {} }[last] = value
    end
  end

  def self.yaml(text)
    JSON.generate(YAML.respond_to?(:unsafe_load) ? YAML.unsafe_load(text) : YAML.load(text))
  end

  def self.properties(request)
    request = JSON.parse(request)
    JSON.generate(effective(request['declared'], request['given']))
  end

  def self.render(request)
    request = JSON.parse(request)
    files = {}
    errors = []
    request['templates'].each do |source, text|
      files[source] = fill(request['job'], source, text, Context.new(Marshal.load(Marshal.dump(request['spec']))))
    rescue Exception => e # rubocop:disable Lint/RescueException
      errors << e.message
    end
    JSON.generate('files' => files, 'errors' => errors)
  end

  def self.fill(job, source, text, context)
    erb = ERB.new(text, trim_mode: '-')
    erb.filename = "#{job}/#{source}"
    erb.result(context.get_binding)
  rescue Exception => e # rubocop:disable Lint/RescueException
    at = (e.backtrace || []).find { |line| line.include?(erb ? erb.filename : source) }
    raise "Error filling in template '#{source}' (line #{at ? at[/:(\d+)/, 1] : 'unknown'}: #{e.message})"
  end
end

Templates
