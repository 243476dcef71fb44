/**
 * Words that people use about programs: Chinese, a tab, then English words by how often they are meant. Written for this project.
 * A phrase of several English words is worth an entry of its own where its parts would mislead.
 */
export const DICTIONARY: string = `
读取	read load
读	read
写入	write
写	write
打开	open
关闭	close
保存	save store write
加载	load
下载	download
上传	upload
导入	import
导出	export
解析	parse
解压	decompress extract unzip
压缩	compress zip gzip
加密	encrypt
解密	decrypt
编码	encode
解码	decode
序列化	serialize dump
反序列化	deserialize load
发送	send
接收	receive recv
请求	request
响应	response
连接	connect connection
断开	disconnect close
数据库	database db
数据表	table
查询	query select
搜索	search find
查找	find search lookup
插入	insert
更新	update
修改	modify change update
删除	delete remove
移除	remove
清空	clear empty
创建	create make
新建	create new
生成	generate create
初始化	init initialize
构造	build construct
构建	build
获取	get fetch
取得	get
得到	get
设置	set
配置	config
检查	check
判断	check is
验证	validate verify check
校验	validate check verify
是否	is check
存在	exist
为空	empty none null
空	empty
转换	convert
转换为	convert to
转换成	convert to
转成	convert to
转为	convert to
转	convert to
变成	convert to
格式化	format
格式	format
打印	print
输出	output print
显示	show display
计算	calculate compute
统计	count statistics
计数	count
求和	sum
总和	sum total
平均值	mean average
平均	average mean
中位数	median
标准差	std standard deviation
方差	variance
最大值	max maximum
最大	max largest
最小值	min minimum
最小	min smallest
长度	length len
大小	size
数量	number count
个数	count number
排序	sort
排列	permutation
快速排序	quicksort quick sort
冒泡排序	bubble sort
归并排序	merge sort
二分查找	binary search
二分	binary
递归	recursive recursion
遍历	iterate traverse walk
循环	loop iterate
迭代	iterate iterator
迭代器	iterator
过滤	filter
筛选	filter select
去重	unique distinct duplicate
重复	duplicate
唯一	unique
合并	merge combine join
拼接	concat join concatenate
连接字符串	concat join
分割	split
拆分	split
切分	split
切片	slice
截取	substring slice truncate
截断	truncate
替换	replace
匹配	match
比较	compare
相等	equal
相同	same equal
反转	reverse
翻转	reverse flip
倒序	reverse
复制	copy
拷贝	copy
深拷贝	deepcopy deep copy clone
浅拷贝	shallow copy
移动	move
重命名	rename
添加	add append
追加	append
增加	add increase
减少	decrease
展平	flatten
扁平化	flatten
分组	group groupby
聚合	aggregate
映射	map mapping
随机	random
随机数	random number
采样	sample
打乱	shuffle
字符串	string str
字符	char character
文本	text
文字	text
单词	word
句子	sentence
数字	number digit numeric
整数	int integer
浮点数	float
小数	decimal float
布尔	bool boolean
字节	byte bytes
二进制	binary
十六进制	hex
十进制	decimal
数组	array
列表	list
元组	tuple
字典	dict dictionary
集合	set
队列	queue
栈	stack
堆	heap
链表	linked list
树	tree
二叉树	binary tree
图	graph
矩阵	matrix
向量	vector
对象	object
类	class
类型	type
实例	instance
方法	method function
函数	function
变量	variable
参数	argument parameter
属性	attribute property
字段	field
键	key
值	value
元素	element item
索引	index
下标	index
位置	position index
第一个	first
最后	last
最后一个	last
前	first
后	last
所有	all
全部	all
每个	each every
多个	multiple
两个	two
文件	file
文件夹	folder directory dir
目录	directory dir
路径	path
文件名	filename file name
扩展名	extension
后缀	suffix extension
前缀	prefix
行	line row
列	column
按行	line by line
逐行	line by line
行数	line count
换行	newline
空格	space whitespace
空白	whitespace
大写	uppercase upper
小写	lowercase lower
首字母	first letter capitalize
驼峰	camel case
下划线	underscore snake
图片	image picture
图像	image
像素	pixel
颜色	color
绘制	draw plot
画	draw plot
画图	plot draw
图表	chart plot
折线图	line chart plot
柱状图	bar chart
直方图	histogram
坐标	coordinate axis
坐标轴	axis axes
网页	web page html
页面	page
链接	link url
网址	url
网络	network
接口	interface api
服务器	server
客户端	client
端口	port
套接字	socket
线程	thread
多线程	multithread thread
线程池	thread pool
进程	process
多进程	multiprocess process
协程	coroutine async
异步	async
同步	sync
并发	concurrent
并行	parallel
锁	lock
等待	wait
休眠	sleep
延迟	delay
超时	timeout
重试	retry
定时	schedule timer
定时器	timer
时间	time
时间戳	timestamp
日期	date
日期时间	datetime
时区	timezone
年	year
月	month
天	day
小时	hour
分钟	minute
秒	second
毫秒	millisecond
当前	current now
今天	today
格林	utc
日志	log logging
异常	exception
错误	error
捕获	catch
抛出	raise throw
调试	debug
测试	test
断言	assert
执行	execute run
运行	run
调用	call invoke
启动	start
停止	stop
退出	exit quit
杀死	kill
命令	command
命令行	command line
环境变量	environment variable env
脚本	script
模块	module
包	package
安装	install
依赖	dependency
版本	version
缓存	cache
内存	memory
磁盘	disk
用户	user
密码	password
登录	login
权限	permission
令牌	token
会话	session
邮件	email mail
邮箱	email
消息	message
通知	notify notification
事件	event
回调	callback
监听	listen listener
订阅	subscribe
发布	publish
消息队列	message queue
正则表达式	regex regular expression
正则	regex
表达式	expression
哈希	hash
散列	hash
签名	sign signature
校验和	checksum
摘要	digest hash
单例	singleton
工厂	factory
代理	proxy
动态代理	dynamic proxy
装饰器	decorator
观察者	observer
模式	pattern mode
分页	page pagination
事务	transaction
表格	table sheet
工作表	worksheet sheet
单元格	cell
电子表格	excel spreadsheet
报表	report
模板	template
渲染	render
组件	component
按钮	button
窗口	window
弹窗	dialog popup
滚动	scroll
鼠标	mouse
键盘	keyboard
点击	click
输入	input
输入框	input
剪贴板	clipboard
屏幕	screen
距离	distance
角度	angle
弧度	radian
概率	probability
分布	distribution
归一化	normalize
标准化	standardize normalize
四舍五入	round
取整	round floor int
绝对值	absolute abs
平方根	sqrt square root
平方	square
幂	power
对数	log
阶乘	factorial
素数	prime
质数	prime
斐波那契	fibonacci
最大公约数	gcd
交集	intersection
并集	union
差集	difference
排除	exclude
包含	contain include
开头	start startswith begin
结尾	end endswith
开始	start begin
结束	end
范围	range
区间	interval range
限制	limit
阈值	threshold
默认	default
默认值	default value
临时	temp temporary
本地	local
远程	remote
两数之和	two sum
动态	dynamic
静态	static
抽象	abstract
继承	inherit
重写	override
泛型	generic
注解	annotation
反射	reflection reflect
流	stream
缓冲	buffer
管道	pipe
特征	feature
模型	model
训练	train
预测	predict
标签	label tag
权重	weight
梯度	gradient
损失	loss
聚类	cluster
回归	regression
分类	classify classification
数据	data
数据框	dataframe
数据集	dataset
缺失值	missing nan null
非	not non
不是	not
数	number
名称	name
名字	name
标识	id identifier
编号	id number
内容	content
信息	info information
状态	status state
结果	result
返回	return
列名	column name
变为	convert to
维度	dimension
维	dimension
一维	one dimension 1d
二维	two dimension 2d
子串	substring
子字符串	substring
出现次数	count occurrence frequency
次数	count times
频率	frequency
最常见	most common
逗号	comma
分隔	separate delimiter
引号	quote
括号	bracket parenthesis
字母	letter alphabet
中文	chinese
英文	english
网格	grid
节点	node
边	edge
深度	depth
高度	height
宽度	width
根	root
叶子	leaf
提取	extract
抽取	extract
抓取	fetch crawl scrape
爬取	crawl scrape
爬虫	crawler spider scraper
采集	collect
收集	collect gather
拉取	pull fetch
推送	push
提交	commit submit
回滚	rollback
撤销	undo revoke
重做	redo
恢复	restore recover resume
还原	restore revert
备份	backup
同步到	sync
刷新	refresh flush
重置	reset
重新加载	reload
重载	overload reload
热更新	hot reload
热加载	hot reload
预加载	preload
懒加载	lazy load
延迟加载	lazy load
注册	register
注销	unregister logout
登出	logout
认证	authenticate auth
鉴权	authorize auth
授权	authorize grant
身份验证	authenticate
单点登录	sso single sign on
验证码	captcha verification code
双因素	two factor
绑定	bind
解绑	unbind
挂载	mount
卸载	unmount uninstall
部署	deploy
发布版本	release
打包	package bundle pack
压缩包	archive zip
解包	unpack
编译	compile
反编译	decompile
链接器	linker
汇编	assembly
混淆	obfuscate
优化	optimize
性能	performance
基准测试	benchmark
压测	load test
单元测试	unit test
集成测试	integration test
端到端	end to end
模拟	mock simulate
桩	stub
覆盖率	coverage
快照	snapshot
对比	compare diff
差异	diff difference
补丁	patch
分支	branch
标记	mark tag flag
版本号	version
升级	upgrade
降级	downgrade fallback
迁移	migrate migration
兼容	compatible
弃用	deprecate
废弃	deprecate
替代	replace alternative
交换	swap exchange
互换	swap
移位	shift
左移	left shift
右移	right shift
位运算	bitwise
按位与	bitwise and
按位或	bitwise or
异或	xor
取反	invert negate
取模	modulo mod
余数	remainder
整除	divide floor
除法	divide division
除以	divide
乘法	multiply
乘以	multiply
相乘	multiply
加法	add
相加	add sum
减法	subtract
相减	subtract
求差	difference
求积	product
乘积	product
累加	accumulate sum
累计	cumulative accumulate
累乘	product
百分比	percent percentage
百分位	percentile
分位数	quantile
众数	mode
极差	range
协方差	covariance
相关系数	correlation
相关性	correlation
置信区间	confidence interval
假设检验	hypothesis test
正态分布	normal distribution
高斯	gaussian
泊松	poisson
均匀分布	uniform distribution
指数	exponent exponential
指数分布	exponential
对数似然	log likelihood
似然	likelihood
贝叶斯	bayes bayesian
马尔可夫	markov
蒙特卡洛	monte carlo
插值	interpolate interpolation
拟合	fit
曲线	curve
多项式	polynomial
线性	linear
非线性	nonlinear
方程	equation
方程组	equations system
求解	solve
求根	root
导数	derivative
求导	derivative differentiate
微分	differential derivative
积分	integral integrate
极限	limit
收敛	converge
迭代次数	iterations
误差	error
均方误差	mean squared error mse
准确率	accuracy
精度	precision accuracy
召回率	recall
混淆矩阵	confusion matrix
交叉验证	cross validation
过拟合	overfit
正则化	regularization regularize
学习率	learning rate
优化器	optimizer
激活函数	activation
神经网络	neural network
卷积	convolution conv
池化	pooling
循环神经网络	rnn recurrent
注意力	attention
嵌入	embed embedding
词向量	word embedding word2vec
分词	tokenize segment
词频	term frequency word count
停用词	stop words
词干	stem
词性	part of speech pos
语料	corpus
语言模型	language model
翻译	translate
语音	speech audio
识别	recognize detect
检测	detect check
人脸	face
人脸识别	face recognition
目标检测	object detection
图像识别	image recognition
光学字符识别	ocr
二维码	qrcode qr
条形码	barcode
缩略图	thumbnail
缩放	scale resize zoom
调整大小	resize
裁剪	crop clip
旋转	rotate
翻转图片	flip image
镜像	mirror
模糊	blur fuzzy
模糊匹配	fuzzy match
模糊查询	like fuzzy
锐化	sharpen
滤波	filter
滤镜	filter
灰度	gray grayscale
二值化	threshold binarize
边缘	edge border
边缘检测	edge detection
轮廓	contour outline
透明	transparent alpha
透明度	opacity alpha
背景	background
前景	foreground
水印	watermark
字体	font
字号	font size
粗体	bold
斜体	italic
对齐	align
居中	center
左对齐	left align
右对齐	right align
填充	fill pad padding
补零	zero pad
补齐	pad
边距	margin
间距	spacing gap
边框	border
圆角	radius rounded
阴影	shadow
布局	layout
栅格	grid
弹性布局	flex
响应式	responsive reactive
样式	style
主题	theme
皮肤	skin theme
动画	animation animate
过渡	transition
拖拽	drag drop
拖放	drag drop
悬停	hover
焦点	focus
光标	cursor
选中	select selected
全选	select all
勾选	check
复选框	checkbox
单选	radio
下拉	dropdown select
下拉框	dropdown select
菜单	menu
导航	navigation nav
侧边栏	sidebar
标签页	tab
对话框	dialog
提示	hint prompt tooltip
提示框	tooltip alert
警告	warning warn
确认	confirm
取消	cancel
进度	progress
进度条	progress bar
加载中	loading
占位符	placeholder
表单	form
表单验证	form validation
必填	required
只读	readonly read only
隐藏	hide hidden
可见	visible
显示隐藏	toggle visibility
切换	toggle switch
折叠	collapse fold
展开	expand
无限滚动	infinite scroll
轮播	carousel
路由	route router routing
重定向	redirect
跳转	redirect navigate jump
转发	forward
代理服务器	proxy server
反向代理	reverse proxy
负载均衡	load balance
网关	gateway
防火墙	firewall
域名	domain
域名解析	dns resolve
主机	host
主机名	hostname
地址	address
内网	internal network
公网	public network
广播	broadcast
组播	multicast
心跳	heartbeat
长连接	keep alive persistent connection
长轮询	long polling
轮询	poll polling
握手	handshake
协议	protocol
报文	packet message
数据包	packet
帧	frame
请求头	request header
响应头	response header
头部	header head
请求体	request body
正文	body content
状态码	status code
查询参数	query parameter
查询字符串	query string
表单数据	form data
文件上传	file upload
文件下载	file download
断点续传	resume download
分块	chunk
分片	shard chunk slice
大文件	large file
流式	stream streaming
输入流	input stream
输出流	output stream
字节流	byte stream
文件流	file stream
缓冲区	buffer
缓存失效	cache invalidate expire
过期	expire expired
过期时间	expiration ttl
有效期	expiry ttl
淘汰	evict
最近最少使用	lru least recently used
布隆过滤器	bloom filter
限流	rate limit throttle
节流	throttle
防抖	debounce
熔断	circuit breaker
重试机制	retry
退避	backoff
指数退避	exponential backoff
幂等	idempotent
分布式	distributed
分布式锁	distributed lock
一致性哈希	consistent hash
选举	election leader
主从	master slave replica
副本	replica copy
集群	cluster
容器	container
镜像文件	image
虚拟机	virtual machine vm
沙箱	sandbox
云	cloud
微服务	microservice service
服务	service
服务发现	service discovery
注册中心	registry
配置中心	config center
配置文件	config file configuration
日志文件	log file
日志级别	log level
日志记录	logging log
监控	monitor
指标	metric
告警	alert alarm
追踪	trace tracing
链路	trace link
堆栈	stack
堆栈跟踪	stack trace
调用栈	call stack
断点	breakpoint
单步	step
内存泄漏	memory leak
内存溢出	out of memory
垃圾回收	garbage collection gc
引用计数	reference count
弱引用	weak reference
引用	reference
指针	pointer
空指针	null pointer
解引用	dereference
地址空间	address space
分配	allocate alloc
释放	release free
回收	recycle reclaim
内存池	memory pool
对象池	object pool
连接池	connection pool
池	pool
互斥	mutex
互斥锁	mutex lock
读写锁	read write lock
自旋锁	spin lock
乐观锁	optimistic lock
悲观锁	pessimistic lock
死锁	deadlock
信号量	semaphore
条件变量	condition variable
原子	atomic
原子操作	atomic operation
线程安全	thread safe
竞争条件	race condition
阻塞	block blocking
非阻塞	non blocking
阻塞队列	blocking queue
生产者	producer
消费者	consumer
生产者消费者	producer consumer
任务	task job
任务队列	task queue
定时任务	scheduled task cron
调度	schedule
调度器	scheduler
工作线程	worker thread
主线程	main thread
子线程	child thread
守护线程	daemon thread
子进程	subprocess child process
父进程	parent process
守护进程	daemon
进程间通信	ipc interprocess communication
共享内存	shared memory
信号	signal
中断	interrupt
唤醒	wake notify
挂起	suspend
暂停	pause
继续	continue resume
终止	terminate stop
优雅关闭	graceful shutdown
关机	shutdown
重启	restart reboot
开机	boot startup
启动时	startup
钩子	hook
中间件	middleware
拦截器	interceptor
拦截	intercept
过滤器	filter
监听器	listener
触发器	trigger
触发	trigger fire
事件循环	event loop
事件驱动	event driven
处理器	handler processor
处理	handle process
派发	dispatch
分发	dispatch distribute
广告	advertisement ad
依赖注入	dependency injection inject
控制反转	inversion of control ioc
切面	aspect
面向切面	aspect aop
注入	inject
工厂模式	factory pattern
单例模式	singleton pattern
观察者模式	observer pattern
策略模式	strategy pattern
建造者	builder
适配器	adapter
桥接	bridge
组合	combine composite combination
外观	facade
享元	flyweight
责任链	chain of responsibility
命令模式	command pattern
访问者	visitor
状态机	state machine
备忘录	memento
模板方法	template method
接口类	interface
抽象类	abstract class
内部类	inner class
匿名	anonymous
匿名函数	anonymous function lambda
箭头函数	arrow function
闭包	closure
柯里化	curry
高阶函数	higher order function
纯函数	pure function
偏函数	partial
回调函数	callback
构造函数	constructor
析构	destructor
析构函数	destructor
成员	member
成员变量	member field
静态方法	static method
类方法	class method
实例方法	instance method
私有	private
公有	public
受保护	protected
常量	constant const
枚举	enum enumeration
结构体	struct
联合体	union
元类	metaclass
基类	base class
父类	parent class superclass
子类	subclass child class
派生	derive
多态	polymorphism
封装	encapsulate wrap
包装	wrap wrapper
包装类	wrapper class
拆箱	unbox
装箱	box
类型转换	type conversion cast convert
强制转换	cast
类型检查	type check
类型推断	type inference
类型注解	type annotation
可选	optional
可空	nullable
空值	null none empty
空列表	empty list
空字符串	empty string
未定义	undefined
真	true
假	false
布尔值	boolean bool
条件	condition
条件语句	conditional if
三元	ternary
分支语句	switch branch
循环语句	loop
跳出	break
嵌套	nested nest
嵌套字典	nested dictionary
嵌套列表	nested list
多维	multidimensional
多维数组	multidimensional array
二维数组	2d array two dimensional
二维列表	2d list
数组长度	array length
字符串长度	string length
列表长度	list length
生成器	generator
推导式	comprehension
列表推导	list comprehension
解构	destructure unpack
展开运算符	spread
可变参数	varargs variadic
关键字参数	keyword argument kwargs
位置参数	positional argument
默认参数	default argument
返回值	return value
返回类型	return type
作用域	scope
全局	global
全局变量	global variable
局部变量	local variable
命名空间	namespace
上下文	context
上下文管理器	context manager
装饰	decorate
元数据	metadata
元编程	metaprogramming
语法	syntax grammar
语法树	syntax tree ast
抽象语法树	abstract syntax tree ast
词法	lexical
词法分析	lexer tokenize
语法分析	parser parse
解析器	parser
解释器	interpreter
编译器	compiler
虚拟	virtual
字节码	bytecode
源码	source code
源代码	source code
注释	comment
文档	document doc
文档字符串	docstring
代码块	code block
缩进	indent
语句	statement
关键字	keyword
标识符	identifier
运算符	operator
操作符	operator
优先级	priority precedence
优先队列	priority queue heap
双端队列	deque
循环队列	circular queue
环形缓冲	ring buffer circular buffer
单链表	singly linked list
双向链表	doubly linked list
跳表	skip list
哈希表	hash table hash map
散列表	hash table
有序字典	ordered dict
有序	ordered sorted
无序	unordered
升序	ascending
降序	descending
逆序	reverse descending
稳定排序	stable sort
堆排序	heap sort
插入排序	insertion sort
选择排序	selection sort
希尔排序	shell sort
基数排序	radix sort
桶排序	bucket sort
计数排序	counting sort
拓扑排序	topological sort
自然排序	natural sort
自定义排序	custom sort
按键排序	sort by key
按值排序	sort by value
二叉搜索树	binary search tree
平衡树	balanced tree
红黑树	red black tree
前缀树	trie
字典树	trie
线段树	segment tree
并查集	union find disjoint set
有向图	directed graph
无向图	undirected graph
邻接表	adjacency list
邻接矩阵	adjacency matrix
最短路径	shortest path
最小生成树	minimum spanning tree
深度优先	depth first dfs
广度优先	breadth first bfs
前序	preorder
中序	inorder
后序	postorder
层序	level order
遍历树	traverse tree
连通	connected
环	cycle ring
回溯	backtrack
动态规划	dynamic programming
贪心	greedy
分治	divide and conquer
滑动窗口	sliding window
双指针	two pointers
全排列	permutation
子集	subset
子序列	subsequence
最长公共子序列	longest common subsequence
最长递增子序列	longest increasing subsequence
编辑距离	edit distance levenshtein
相似度	similarity
余弦相似度	cosine similarity
欧氏距离	euclidean distance
曼哈顿距离	manhattan distance
回文	palindrome
质因数	prime factor
因数	factor divisor
倍数	multiple
最小公倍数	lcm least common multiple
公约数	divisor gcd
奇数	odd
偶数	even
正数	positive
负数	negative
零	zero
无穷	infinity infinite
非数字	nan
复数	complex
分数	fraction
科学计数法	scientific notation
千分位	thousands separator
进制	base radix
进制转换	base conversion
八进制	octal
字节序	endian byte order
大端	big endian
小端	little endian
字符集	charset
字符编码	character encoding
乱码	garbled encoding
转义	escape
反转义	unescape
原始字符串	raw string
格式化字符串	format string
字符串拼接	string concatenate join
字符串分割	string split
字符串替换	string replace
字符串匹配	string match
字符串反转	reverse string
去除空格	strip trim whitespace
去掉	remove strip
去除	remove strip
剔除	remove exclude
丢弃	drop discard
忽略	ignore
跳过	skip
保留	keep retain preserve
保持	keep
取出	take get pop
弹出	pop
压入	push
入队	enqueue
出队	dequeue
插入元素	insert element
删除元素	remove element
查找元素	find element
随机选择	random choice
随机抽样	random sample
洗牌	shuffle
种子	seed
唯一标识	uuid unique id
主键	primary key
外键	foreign key
自增	auto increment
建表	create table
表名	table name
字段名	field name column name
数据类型	data type
数据结构	data structure
数据源	data source
数据流	data stream
数据帧	frame dataframe
数据清洗	data cleaning
数据转换	data transform
数据透视表	pivot table
透视表	pivot table
行数据	row data
多行	multiple lines rows
单行	single line
首行	first line
末行	last line
表头	header
列数	column count
索引列	index column
添加列	add column
删除列	drop column
重命名列	rename column
删除行	drop row
选择列	select column
选择	select choose
选取	select pick
条件过滤	filter condition
缺失	missing
填充缺失值	fill missing fillna
重复行	duplicate rows
重复值	duplicate values
左连接	left join
内连接	inner join
外连接	outer join
连接查询	join query
子查询	subquery
分组统计	group count
批量	batch bulk
批量插入	bulk insert batch insert
批处理	batch
存储过程	stored procedure
视图	view
游标	cursor
结果集	result set
预编译	prepared statement
注入攻击	injection
连接字符	concatenate
连接超时	connection timeout
读写	read write
只读模式	read only
追加写入	append
覆盖	override overwrite cover
逐字节	byte by byte
逐个	one by one each
逐字符	character
按列	by column
按字母	alphabetically
按时间	by time
按日期	by date
按大小	by size
文件大小	file size
文件类型	file type mime
文件内容	file content
文件路径	file path
文件列表	file list list files
文件存在	file exists
文件锁	file lock
文件描述符	file descriptor
文件权限	file permission
修改时间	modification time mtime
创建时间	creation time
创建目录	create directory mkdir
创建文件夹	create folder mkdir
删除文件	delete file remove
删除文件夹	delete folder rmtree
删除目录	remove directory
复制文件	copy file
移动文件	move file
重命名文件	rename file
遍历目录	walk directory
遍历文件夹	walk folder directory
递归删除	remove recursively
监视文件	watch file
当前目录	current directory cwd
工作目录	working directory cwd
家目录	home directory
主目录	home directory
绝对路径	absolute path
相对路径	relative path
父目录	parent directory
子目录	subdirectory
符号链接	symlink symbolic link
硬链接	hard link
快捷方式	shortcut
临时文件	temporary file tempfile
临时目录	temporary directory
标准输入	stdin standard input
标准输出	stdout standard output
标准错误	stderr
重定向输出	redirect output
控制台	console
终端	terminal
彩色输出	colored output
清屏	clear screen
键盘输入	keyboard input
读取输入	read input
命令行参数	command line arguments argv
参数解析	argument parse
选项	option
开关	switch flag
帮助	help
用法	usage
示例	example
退出码	exit code
返回码	return code
管理员	admin
角色	role
访问控制	access control
白名单	whitelist allowlist
黑名单	blacklist blocklist
密钥	key secret
公钥	public key
私钥	private key
证书	certificate
对称加密	symmetric encrypt
非对称加密	asymmetric encrypt
数字签名	digital signature
验签	verify signature
加盐	salt
哈希值	hash digest
密码哈希	password hash
跨域	cors cross origin
跨站	cross site
跨平台	cross platform
爬虫代理	crawler proxy
用户代理	user agent
用户名	username
用户输入	user input
电话	phone
手机号	phone mobile
身份证	id card identity
邮政编码	zip code postal
经纬度	latitude longitude
经度	longitude
纬度	latitude
地图	map
定位	locate location
货币	currency
金额	amount money
价格	price
订单	order
支付	pay payment
商品	product item
购物车	cart
库存	inventory stock
发票	invoice
汇率	exchange rate
税	tax
折扣	discount
账户	account
余额	balance
转账	transfer
日历	calendar
星期	week weekday
星期几	weekday day of week
周	week
周末	weekend
工作日	weekday business day
季度	quarter
闰年	leap year
年龄	age
生日	birthday
昨天	yesterday
明天	tomorrow
时间差	time difference timedelta
时间间隔	interval duration
时间格式	time format
日期格式	date format
日期差	date difference
时长	duration
微秒	microsecond
纳秒	nanosecond
时钟	clock
计时	timer time
耗时	elapsed time duration
运行时间	runtime execution time
倒计时	countdown
本地时间	local time
世界时间	utc
夏令时	daylight saving
字符串转日期	parse date strptime
日期转字符串	format date strftime
时间戳转换	timestamp convert
月初	month start
月末	month end
散点图	scatter plot
饼图	pie chart
条形图	bar chart
箱线图	box plot
热力图	heatmap
等高线	contour
三维	3d three dimensional
子图	subplot
图例	legend
标题	title
刻度	tick
网格线	grid
线宽	line width
线条	line
横轴	x axis
纵轴	y axis
保存图片	save image savefig
显示图片	show image imshow
读取图片	read image imread
截图	screenshot
录屏	record screen
视频	video
音频	audio
播放	play
录音	record audio
摄像头	camera
帧率	fps frame rate
分辨率	resolution
像素值	pixel value
通道	channel
色彩	color
渐变	gradient
画布	canvas
矩形	rectangle
圆形	circle
圆	circle
椭圆	ellipse
三角形	triangle
多边形	polygon
直线	line
点	point dot
面积	area
周长	perimeter circumference
体积	volume
中心	center
中心点	center centroid
质心	centroid
碰撞	collision
碰撞检测	collision detection
物理	physics
速度	speed velocity
加速度	acceleration
重力	gravity
力	force
质量	mass quality
温度	temperature
单位	unit
单位转换	unit conversion
矩阵乘法	matrix multiplication dot
矩阵求逆	matrix inverse
逆矩阵	inverse matrix
转置	transpose
行列式	determinant
特征值	eigenvalue
特征向量	eigenvector
奇异值	singular value svd
单位矩阵	identity matrix
对角线	diagonal
对角	diagonal
稀疏	sparse
稀疏矩阵	sparse matrix
稠密	dense
点积	dot product
内积	inner product
叉积	cross product
外积	outer product
范数	norm
向量化	vectorize
广播机制	broadcast
形状	shape
重塑	reshape
堆叠	stack
轴	axis
掩码	mask
非零	nonzero
全零	zeros
全一	ones
等差	linspace arange
累积和	cumulative sum cumsum
移动平均	moving average
滚动平均	rolling mean
降维	dimensionality reduction
主成分	principal component pca
决策树	decision tree
随机森林	random forest
支持向量机	support vector machine svm
逻辑回归	logistic regression
线性回归	linear regression
最近邻	nearest neighbor
推荐	recommend
评分	score rating
得分	score
排名	rank ranking
样本	sample
批次	batch
轮次	epoch
超参数	hyperparameter
网格搜索	grid search
早停	early stopping
保存模型	save model
加载模型	load model
检查点	checkpoint
推理	inference
设备	device
显卡	gpu
显存	gpu memory
处理器核心	cpu core
核心数	cpu count
操作系统	operating system os
平台	platform
系统	system
系统信息	system info
驱动	driver
驱动程序	driver
浏览器	browser
无头浏览器	headless browser
选择器	selector
元素节点	element node
属性值	attribute value
子节点	child node children
父节点	parent node
兄弟节点	sibling
根节点	root node
叶节点	leaf
文本节点	text node
事件处理	event handler
事件监听	event listener
冒泡	bubble
阻止默认	prevent default
本地存储	local storage
会话存储	session storage
请求参数	request parameter
跨域请求	cross origin request
异步请求	async request
并发请求	concurrent requests
请求超时	request timeout
发送请求	send request
发送邮件	send email
发送消息	send message
接收消息	receive message
接口文档	api documentation
接口调用	api call
调用接口	call api
返回数据	response data
解析数据	parse data
解析参数	parse arguments
解析网页	parse html
解析地址	parse url
网络请求	http request
网络连接	network connection
网速	bandwidth
带宽	bandwidth
流量	traffic
丢包	packet loss
端口号	port
监听端口	listen port
空闲端口	free port
在线	online
离线	offline
实时	realtime
推流	push stream
聊天	chat
聊天室	chat room
机器人	bot robot
关键词	keyword
搜索引擎	search engine
全文检索	full text search
倒排索引	inverted index
自动补全	autocomplete completion
拼写检查	spell check
高亮	highlight
语法高亮	syntax highlight
行号	line number
编辑器	editor
插件	plugin
扩展	extension extend
主程序	main program
入口	entry main
入口函数	main entry
框架	framework
库	library
工具	tool util
工具类	utility util
辅助函数	helper
公共	common public
通用	generic common
自定义	custom
内置	builtin
第三方	third party
官方	official
开源	open source
许可证	license
作者	author
描述	description describe
说明	description
备注	remark note
标志	flag
标志位	flag
计数器	counter
累加器	accumulator
索引值	index
最大长度	max length
最小长度	min length
上限	upper limit max
下限	lower limit min
边界	boundary bound
越界	out of bounds
溢出	overflow
下溢	underflow
舍入	round
向上取整	ceil
向下取整	floor
保留小数	round decimal
小数点	decimal point
小数位	decimal places
整数部分	integer part
数值	numeric value number
数值型	numeric
字符型	char
日期型	date
键值对	key value pair
键名	key
键值	key value
字典键	dictionary key
字典值	dictionary value
合并字典	merge dictionary
合并列表	merge list
合并数组	merge array
合并文件	merge file
合并单元格	merge cells
数组转字符串	array to string join
字符串转数组	string to array split
字符串转数字	string to number parse
字符串转整数	string to int parse
数字转字符串	number to string
列表转字符串	list to string join
列表转字典	list to dictionary
字典转列表	dictionary to list
对象转字典	object to dict
对象转换	object conversion
对象属性	object attribute property
对象比较	object compare
浅比较	shallow equal
深比较	deep equal
不可变	immutable
可变	mutable
冻结	freeze
克隆	clone
原型	prototype
原型链	prototype chain
全局唯一	globally unique
线程局部	thread local
局部	local
时间复杂度	time complexity
空间复杂度	space complexity
平均数	mean average
总数	total count
总量	total
计数值	count
最多	most max
最少	least min
最新	latest newest
最旧	oldest
最近	recent nearest
最后一行	last line
最后一个元素	last element
第一行	first line row
第一列	first column
第几	nth
前几个	first top
前缀匹配	prefix match
通配符	wildcard glob
贪婪	greedy
捕获组	capture group
匹配所有	match all
提取数字	extract number
提取文本	extract text
提取链接	extract link
纯文本	plain text
富文本	rich text
标点	punctuation
标点符号	punctuation
特殊字符	special character
控制字符	control character
不可见字符	invisible character
制表符	tab
回车	carriage return enter
换行符	newline
冒号	colon
分号	semicolon
句号	period dot
斜杠	slash
反斜杠	backslash
竖线	pipe vertical bar
横线	dash hyphen
连字符	hyphen
星号	asterisk star
井号	hash sharp
美元	dollar
单引号	single quote
双引号	double quote
大括号	brace
花括号	curly brace
方括号	bracket
圆括号	parenthesis
尖括号	angle bracket
元音	vowel
辅音	consonant
拼音	pinyin
汉字	chinese character
简体	simplified
繁体	traditional
语言	language
国际化	internationalization i18n
本地化	localization l10n
多语言	multilingual i18n
区域	region locale
时区转换	timezone convert
国家	country
城市	city
省份	province
`;
